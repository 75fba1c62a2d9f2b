import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { useT } from '../../i18n/translate.ts'

/** What a run that goes on from a checkpoint can promise where it does not run on the processor, which repeats to the bit. */
export function Repeatability({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  const { data } = useCall(signal => client.system.providers(undefined, { signal }), [])
  const asked = job.train?.provider
  const provider = asked === 'auto' ? data?.proposed : asked
  if (provider === undefined || provider === 'cpu' || job.train?.recipe === 'tanimoto-gp') return null
  const repeats = data?.reports.find(report => report.provider === provider)?.repeatability
  const name = t(`provider.${provider}`)
  return (
    <span className="muted">
      {repeats === undefined
        ? t('checkpoint.repeatsUnknown', { provider: name })
        : t('checkpoint.repeats', { provider: name, difference: repeats.toPrecision(2) })}
    </span>
  )
}
