import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { jobTitle } from '../../components/job-progress.ts'
import { RunLine } from './RunLine.tsx'
import classes from './training.module.css'

/** A column a run, headed by its number and its line. */
export function RunHeads({ jobs, corner }: { jobs: readonly Job[]; corner: string }): ReactNode {
  return (
    <thead>
      <tr>
        <th scope="col">{corner}</th>
        {jobs.map(job => (
          <th key={job.id} scope="col" title={jobTitle(job)}>
            <span className={classes.runHead}>
              <RunLine number={job.number} />#{job.number}
            </span>
          </th>
        ))}
      </tr>
    </thead>
  )
}
