import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { Facts, Scroll, Section } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { presetLabel } from '../../components/preset-label.ts'
import { formatDuration } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'
import { settingLabel } from './AdvancedSettings.tsx'
import { builtInPreset } from './new-run.ts'
import { RunNotes } from './RunNotes.tsx'
import { durationMs } from './run-columns.tsx'

/** What was asked for: enough to run it again. */
export function RunConfiguration({ job }: { job: Job }): ReactNode {
  const { t, language } = useT()
  const dataset = useApp(state => (job.datasetId ? state.datasets[job.datasetId] : undefined))
  const { train } = job
  const specs = useCall(
    // The values of a preset of the user's are all among the run's own; it may be gone by now.
    train
      ? signal =>
          client.jobs.settings(
            { recipe: train.recipe, preset: builtInPreset(train.preset) ?? 'production' },
            { signal },
          )
      : null,
    [train?.recipe, train?.preset],
  )
  if (!train) return null
  const took = durationMs(job)
  return (
    <Scroll label={t('training.tab.configuration')}>
      <Section title={t('training.written')}>
        <RunNotes job={job} />
      </Section>
      <Section title={t('training.asked')}>
        <Facts
          items={[
            [
              t('training.data'),
              dataset ? (
                <Anchor key="data" href={hrefOf({ page: 'data', id: dataset.id })} fz="sm">
                  {dataset.name}
                </Anchor>
              ) : (
                t('training.dataGone')
              ),
            ],
            [t('training.recipe'), t(`recipe.${train.recipe}.title`)],
            [t('training.preset'), presetLabel(train.preset, t)],
            [t('training.split'), train.split ? t(`split.${train.split}`) : t('split.best')],
            [t('training.provider'), t(`provider.${train.provider}`)],
            [t('training.seed'), String(train.seed)],
            [t('common.created'), <Moment key="created" at={job.createdAt} />],
            job.startedAt === null ? null : [t('training.started'), <Moment key="started" at={job.startedAt} />],
            took === null ? null : [t('training.duration'), formatDuration(took, language)],
            // A process has no epochs.
            job.result && job.result.epochs > 0
              ? [
                  t('training.bestEpoch'),
                  t('training.bestEpochOf', { best: job.result.bestEpoch, epochs: job.result.epochs }),
                ]
              : null,
          ]}
        />
      </Section>
      <Section title={t('training.settings')}>
        <Facts
          items={(specs.data ?? []).map(spec => {
            const own = train.settings[spec.name]
            const value = own ?? spec.default
            const shown = typeof value === 'boolean' ? t(value ? 'common.yes' : 'common.no') : String(value)
            return [
              settingLabel(spec.name, t),
              own === undefined || own === spec.default ? shown : <strong key={spec.name}>{shown}</strong>,
            ]
          })}
        />
      </Section>
    </Scroll>
  )
}
