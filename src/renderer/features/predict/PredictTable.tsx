import { Button, Textarea } from '@mantine/core'
import { IconTable, IconTargetArrow } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { hrefOfJob } from '../../components/job-link.ts'
import { EmptyNote, Section } from '../../components/Layout.tsx'
import { JobStateBadge } from '../../components/StateBadge.tsx'
import { useT } from '../../i18n/translate.ts'
import { useRoute } from '../../route/use-route.ts'
import { FileDrop } from './FileDrop.tsx'
import classes from './predict.module.css'
import { PredictPanes, type PredictView } from './predict-view.tsx'
import { linesOf } from './start-table.ts'
import { TableAnswer } from './TableAnswer.tsx'
import { useTableStart } from './use-table-start.ts'

/** Many compounds, pasted or from a file, as a job of their own; the page shows its progress and its ranked table. */
export function PredictTable(view: PredictView): ReactNode {
  const { model, head } = view
  const { t } = useT()
  const jobId = useRoute().params.job ?? ''
  const job = useApp(state => state.jobs[jobId])
  const [draft, setDraft] = useState('')
  const lines = useMemo(() => linesOf(draft), [draft])
  const table = useTableStart(view)
  const start = useAction(() => table.ofLines(lines))
  return (
    <PredictPanes
      input={
        <>
          {head}
          <FileDrop start={table} />
          <Textarea
            label={t('predict.list')}
            description={t('predict.listText')}
            rows={6}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            value={draft}
            onChange={event => setDraft(event.currentTarget.value)}
          />
          <Button
            data-default-action
            leftSection={<IconTargetArrow size={14} />}
            disabled={lines.length === 0}
            loading={start.busy}
            onClick={() => start.run()}
          >
            {lines.length === 0 ? t('predict.predict') : t('predict.predictList', { count: lines.length })}
          </Button>
          {start.error && <ErrorCard error={start.error} />}
          <PastTables modelId={model.id} current={jobId} />
        </>
      }
      answer={
        job ? (
          <TableAnswer key={job.id} job={job} model={model} />
        ) : (
          <EmptyNote icon={<IconTable size={28} />} title={t('predict.rank')} text={t('predict.fileText')} />
        )
      }
    />
  )
}

/** Tables this model has answered before. */
function PastTables({ modelId, current }: { modelId: string; current: string }): ReactNode {
  const { t } = useT()
  const jobs = useApp(state => state.jobs)
  const past = useMemo(
    () => newestFirst(jobs).filter(job => job.kind === 'predict' && job.modelId === modelId),
    [jobs, modelId],
  )
  if (past.length === 0) return null
  return (
    <Section title={t('predict.past')} level={2}>
      <ul className={classes.past}>
        {past.map(job => (
          <li key={job.id}>
            <a href={hrefOfJob(job)} aria-current={job.id === current}>
              <span className="truncate">{job.name}</span>
              <JobStateBadge state={job.state} />
            </a>
          </li>
        ))}
      </ul>
    </Section>
  )
}
