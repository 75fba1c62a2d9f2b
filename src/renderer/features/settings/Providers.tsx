import { Button, CopyButton, Group, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { ProviderReport, ProviderTable } from '../../../shared/contract/system.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Section } from '../../components/Layout.tsx'
import classes from '../../components/layout.module.css'
import { Moment } from '../../components/Moment.tsx'
import { useT } from '../../i18n/translate.ts'

/** What each execution provider did with the reference step, and the buttons to test them and to copy a report of the machine. */
export function Providers(): ReactNode {
  const { t } = useT()
  const known = useCall(signal => client.system.providers(undefined, { signal }), [])
  const [tested, setTested] = useState<ProviderTable | null>(null)
  const [report, setReport] = useState<string | null>(null)
  const test = useAction(async () => setTested(await client.system.testProviders()))
  const examine = useAction(async () => setReport(JSON.stringify(await client.system.doctor(), null, 2)))
  const table = tested ?? known.data ?? null
  const error = known.error ?? test.error ?? examine.error
  return (
    <Section level={2} title={t('providers.title')}>
      <p className="muted">{t('providers.text')}</p>
      {error && <ErrorCard error={error} />}
      {table && <ProviderRows table={table} />}
      <Group gap={8}>
        <Button variant="default" loading={test.busy} onClick={() => test.run()}>
          {t(table ? 'providers.testAgain' : 'providers.test')}
        </Button>
        {report === null ? (
          <Button variant="default" loading={examine.busy} onClick={() => examine.run()}>
            {t('doctor.examine')}
          </Button>
        ) : (
          <CopyButton value={report}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {t(copied ? 'doctor.copied' : 'doctor.copy')}
              </Button>
            )}
          </CopyButton>
        )}
      </Group>
      {report !== null && (
        <Textarea
          aria-label={t('doctor.report')}
          classNames={{ input: 'mono' }}
          value={report}
          readOnly
          autosize
          minRows={4}
          maxRows={14}
        />
      )}
    </Section>
  )
}

function ProviderRows({ table }: { table: ProviderTable }): ReactNode {
  const { t } = useT()
  return (
    <div className={classes.tableBox}>
      <table className={classes.table} aria-label={t('providers.title')}>
        <thead>
          <tr>
            <th scope="col">{t('training.provider')}</th>
            <th scope="col">{t('providers.outcome')}</th>
            <th scope="col">{t('providers.time')}</th>
            <th scope="col">{t('providers.difference')}</th>
            <th scope="col">{t('providers.repeats')}</th>
            <th scope="col">{t('providers.fallback')}</th>
          </tr>
        </thead>
        <tbody>
          {table.reports.map(report => (
            <ProviderRow key={report.provider} report={report} isProposed={report.provider === table.proposed} />
          ))}
        </tbody>
      </table>
      <p className={classes.tableNote}>
        {t('providers.note', { tolerance: table.tolerance })} <Moment at={table.testedAt} />
      </p>
    </div>
  )
}

function ProviderRow({ report, isProposed }: { report: ProviderReport; isProposed: boolean }): ReactNode {
  const { t } = useT()
  const { provider, outcome, stepMs, difference, repeatability, fallbackNodes, reason } = report
  return (
    <tr>
      <td>
        {isProposed ? <strong>{t(`provider.${provider}`)}</strong> : t(`provider.${provider}`)}
        {isProposed && <span className="muted"> · {t('providers.proposed')}</span>}
      </td>
      <td>
        {t(`providers.outcome.${outcome}`)}
        {reason !== null && (
          <details>
            <summary>{t('providers.reason')}</summary>
            <span className="mono" style={{ overflowWrap: 'anywhere' }}>
              {reason}
            </span>
          </details>
        )}
      </td>
      <td>{stepMs === null ? '–' : `${stepMs.toFixed(1)} ms`}</td>
      <td>{difference === null ? '–' : difference.toPrecision(2)}</td>
      <td title={t('providers.repeatsText')}>{repeatsText(repeatability, t)}</td>
      <td title={fallbackNodes.join('\n')}>{stepMs === null ? '–' : fallbackNodes.length}</td>
    </tr>
  )
}

function repeatsText(repeatability: number | undefined, t: ReturnType<typeof useT>['t']): string {
  if (repeatability === undefined) return '–'
  return repeatability === 0
    ? t('providers.exactly')
    : t('providers.within', { difference: repeatability.toPrecision(2) })
}
