import { type ReactNode, useEffect } from 'react'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Facts, Section } from '../../components/Layout.tsx'
import { Moment } from '../../components/Moment.tsx'
import { formatBytes, formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'

/** As often as the process itself tells. */
const LOOK_EVERY_MS = 5_000

/** The process behind predictions: what it holds, how often it had what was asked for, how often it had to be begun again. */
export function PredictorStatus(): ReactNode {
  const { t, language } = useT()
  const models = useApp(state => state.models)
  const answer = useCall(signal => client.predictions.status(undefined, { signal }), [])
  const { reload } = answer
  useEffect(() => {
    const timer = setInterval(reload, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [reload])
  if (answer.error) return <ErrorCard error={answer.error} onRetry={reload} />
  if (!answer.data) return null
  const { state, pid, restarts, nextStartAt, sessions } = answer.data
  const held = sessions?.models ?? []
  return (
    <Section level={2} title={t('predictor.title')}>
      <Facts
        items={[
          [t('predictor.state'), pid === null ? t(`predictor.${state}`) : `${t(`predictor.${state}`)} (PID ${pid})`],
          nextStartAt === null ? null : [t('predictor.nextStart'), <Moment key="next" at={nextStartAt} />],
          [t('predictor.restarts'), formatCount(restarts, language)],
          sessions === null
            ? null
            : [
                t('predictor.cache'),
                t('predictor.cacheText', {
                  hits: formatCount(sessions.hits, language),
                  misses: formatCount(sessions.misses, language),
                  evictions: formatCount(sessions.evictions, language),
                }),
              ],
          [
            t('predictor.held'),
            held.length === 0
              ? t('predictor.none')
              : held
                  .map(({ modelId, sizeBytes }) => {
                    const model = models[modelId]
                    const name = model === undefined ? modelId : `${model.name} v${model.version}`
                    return `${name} (${formatBytes(sizeBytes, language)})`
                  })
                  .join(', '),
          ],
        ]}
      />
    </Section>
  )
}
