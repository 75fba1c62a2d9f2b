import { Button, Group, Progress, Text } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconDownload, IconFileSpreadsheet, IconTable } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { canCancel, isEnded, newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client, download, uploadFile } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { GridView } from '../../components/grid/GridView.tsx'
import { usePagedRows } from '../../components/grid/use-paged-rows.ts'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { hrefOfJob } from '../../components/job-link.ts'
import { progressShare, progressText } from '../../components/job-progress.ts'
import { Bar, EmptyNote, Grow, Scroll, Section } from '../../components/Layout.tsx'
import { JobStateBadge } from '../../components/StateBadge.tsx'
import { useT } from '../../i18n/translate.ts'
import { navigate, useRoute } from '../../route/use-route.ts'
import classes from './predict.module.css'
import { PredictPanes, type PredictView } from './predict-view.tsx'
import { rankedColumns } from './ranked-columns.tsx'
import type { RankedRow } from './ranked-rows.ts'

/** A table of compounds as a job of its own; the page shows its progress and then its ranked result. */
export function PredictFile({ model, head }: PredictView): ReactNode {
  const { t } = useT()
  const jobId = useRoute().params.job ?? ''
  const job = useApp(state => state.jobs[jobId])
  const start = useAction(async (file: File) => {
    const uploadId = await uploadFile(file)
    const started = await client.predictions.predictFile({ modelId: model.id, uploadId })
    navigate({ page: 'predict', id: model.id, tab: 'file', params: { job: started.jobId } })
  })
  return (
    <PredictPanes
      input={
        <>
          {head}
          <Dropzone
            className={classes.drop ?? ''}
            onDrop={files => files[0] && start.run(files[0])}
            multiple={false}
            loading={start.busy}
            dragEventsBubbling={false}
            inputProps={{ 'aria-label': t('predict.chooseFile') }}
          >
            <IconFileSpreadsheet size={28} aria-hidden />
            <Text fw={500} c="var(--text)">
              {t('predict.dropFile')}
            </Text>
            <Text fz="xs">{t('predict.dropFileText')}</Text>
          </Dropzone>
          {start.error && <ErrorCard error={start.error} />}
          <PastTables modelId={model.id} current={jobId} />
        </>
      }
      answer={
        job ? (
          <FileAnswer key={job.id} job={job} model={model} />
        ) : (
          <EmptyNote icon={<IconTable size={28} />} title={t('predict.rank')} text={t('predict.fileText')} />
        )
      }
    />
  )
}

function FileAnswer({ job, model }: { job: Job; model: PredictView['model'] }): ReactNode {
  const { t } = useT()
  const found = useCall(
    job.state === 'completed' ? signal => client.predictions.find({ jobId: job.id }, { signal }) : null,
    [job.id, job.state],
  )
  if (!isEnded(job)) return <FileProgress job={job} />
  if (found.data) return <FileResult resultId={found.data.resultId} model={model} />
  if (found.error) {
    return (
      <Scroll>
        <ErrorCard error={found.error} onRetry={found.reload} />
      </Scroll>
    )
  }
  if (job.state === 'completed') return <EmptyNote title={t('common.loading')} />
  return (
    <Scroll>
      <Group>
        <JobStateBadge state={job.state} />
      </Group>
      {job.error && <ErrorCard error={job.error} />}
    </Scroll>
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

function FileProgress({ job }: { job: Job }): ReactNode {
  const { t, language } = useT()
  const cancel = useAction(() => client.jobs.cancel({ id: job.id }))
  const share = progressShare(job)
  return (
    <Scroll>
      <Group gap={12}>
        <JobStateBadge state={job.state} />
        <span className="muted">{progressText(job, t, language)}</span>
      </Group>
      <Progress value={(share ?? 1) * 100} animated={share === null} aria-label={t('predict.progress')} />
      <div>
        <Button variant="default" disabled={!canCancel(job)} loading={cancel.busy} onClick={() => cancel.run()}>
          {t('common.cancel')}
        </Button>
      </div>
      {cancel.error && <ErrorCard error={cancel.error} />}
    </Scroll>
  )
}

type ResultRow = Omit<RankedRow, 'id'>
const SORTS = ['line', 'prediction', 'domainDistance'] as const

function FileResult({ resultId, model }: { resultId: string; model: PredictView['model'] }): ReactNode {
  const { t } = useT()
  const [order, setOrder] = useUrlOrder('p', { column: 'prediction', descending: true })
  const sort = SORTS.find(name => name === order.column) ?? 'prediction'
  const { descending } = order
  const errors = useMemo(() => ({ count: 0 }), [])
  const paged = usePagedRows<ResultRow>(
    async (offset, limit, signal) => {
      const page = await client.predictions.result({ resultId, offset, limit, sort, descending }, { signal })
      errors.count = page.errors
      return page
    },
    [resultId, sort, descending],
  )
  const save = useAction(() => download({ what: 'prediction', id: resultId }))
  const columns = useMemo(() => rankedColumns(model.endpoint, t), [model.endpoint, t])
  return (
    <>
      <Bar>
        <span>{t('predict.compounds', { count: paged.total })}</span>
        {errors.count > 0 && <span className="muted">{t('predict.notRead', { count: errors.count })}</span>}
        <Grow />
        <Button
          variant="default"
          leftSection={<IconDownload size={14} />}
          loading={save.busy}
          onClick={() => save.run()}
        >
          {t('predict.saveCsv')}
        </Button>
      </Bar>
      {save.error && <ErrorCard error={save.error} />}
      {paged.error && <ErrorCard error={paged.error} />}
      <GridView
        label={t('predict.ranked')}
        columns={columns}
        rowCount={paged.total}
        rowAt={paged.rowAt}
        rowHeight={72}
        order={order}
        onOrder={setOrder}
        onRange={paged.onRange}
        empty={<EmptyNote title={paged.starting ? t('common.loading') : t('common.nothingFound')} />}
      />
    </>
  )
}
