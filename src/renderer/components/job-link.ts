import type { Job } from '../../shared/contract/jobs.ts'
import { hrefOf } from '../route/use-route.ts'

/** Where a job is looked at. */
export function hrefOfJob(job: Job): string {
  switch (job.kind) {
    case 'train':
      return hrefOf({ page: 'training', id: job.id })
    case 'import':
      return hrefOf({ page: 'data', id: job.datasetId })
    case 'predict':
      return hrefOf({ page: 'predict', id: job.modelId, tab: 'file', params: { job: job.id } })
  }
}
