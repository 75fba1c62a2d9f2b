import type { ReactNode } from 'react'
import type { Autopsy, TensorExtremes } from '../../../shared/contract/autopsy.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { EmptyNote, Facts, Scroll, Section } from '../../components/Layout.tsx'
import layout from '../../components/layout.module.css'
import { fixed } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'

/** Why a step was not finite: where it began, the compounds it saw, and what its tensors held. */
export function RunAutopsy({ job }: { job: Job }): ReactNode {
  const { t } = useT()
  const { data, error } = useCall(
    signal => client.checkpoints.autopsy({ jobId: job.id }, { signal }),
    [job.id, job.state],
  )
  return (
    <Scroll label={t('training.tab.autopsy')}>
      {error && <ErrorCard error={error} />}
      {data === null && <EmptyNote title={t('autopsy.none')} />}
      {data && <Findings autopsy={data} />}
    </Scroll>
  )
}

function Findings({ autopsy }: { autopsy: Autopsy }): ReactNode {
  const { t, language } = useT()
  const { step, member, learningRate, notFinite, firstBad, items, inputs, parameters } = autopsy
  const where =
    firstBad.name === ''
      ? t(`autopsy.kind.${firstBad.kind}`)
      : `${t(`autopsy.kind.${firstBad.kind}`)}: ${firstBad.name}`
  // The compounds that gave the loss no number come first, then the largest losses.
  const size = (loss: number | null): number => loss ?? Number.POSITIVE_INFINITY
  const ordered = items.toSorted((a, b) => (size(a.loss) === size(b.loss) ? 0 : size(b.loss) - size(a.loss)))
  return (
    <>
      <Section title={t('autopsy.what')}>
        <p>{t(`autopsy.explain.${firstBad.kind}`)}</p>
        <Facts
          items={[
            [t('autopsy.first'), <strong key="first">{where}</strong>],
            [
              t('autopsy.notFinite'),
              notFinite.map(name => t(name === 'loss' ? 'autopsy.loss' : 'autopsy.gradientNorm')).join(', '),
            ],
            [t('checkpoint.step'), formatCount(step, language)],
            [t('checkpoint.member'), formatCount(member, language)],
            [t('autopsy.learningRate'), scientific(learningRate)],
          ]}
        />
      </Section>
      <Section title={t('autopsy.compounds', { count: items.length })}>
        <div className={layout.tableBox}>
          <table className={layout.table} aria-label={t('autopsy.compounds', { count: items.length })}>
            <thead>
              <tr>
                <th scope="col">{t('autopsy.row')}</th>
                <th scope="col">{t('autopsy.structure')}</th>
                <th scope="col">{t('autopsy.measured')}</th>
                <th scope="col">{t('autopsy.loss')}</th>
              </tr>
            </thead>
            <tbody>
              {ordered.map(({ row, smiles, measured, bound, loss }) => (
                <tr key={row}>
                  <td>{formatCount(row + 1, language)}</td>
                  <td>
                    <Depiction smiles={smiles} width={120} height={64} />
                  </td>
                  <td>{`${bound === 0 ? '' : bound < 0 ? '< ' : '> '}${fixed(measured, 2)}`}</td>
                  <td>{loss === null ? <strong>{t('autopsy.noNumber')}</strong> : scientific(loss)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Extremes title={t('autopsy.inputs')} tensors={inputs} />
      <Extremes title={t('autopsy.parameters')} tensors={parameters} />
    </>
  )
}

function Extremes({ title, tensors }: { title: string; tensors: readonly TensorExtremes[] }): ReactNode {
  const { t, language } = useT()
  return (
    <Section title={title}>
      <div className={layout.tableBox}>
        <table className={layout.table} aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{t('autopsy.tensor')}</th>
              <th scope="col">{t('autopsy.shape')}</th>
              <th scope="col">{t('autopsy.smallest')}</th>
              <th scope="col">{t('autopsy.largest')}</th>
              <th scope="col">{t('autopsy.notFiniteCount')}</th>
            </tr>
          </thead>
          <tbody>
            {tensors.map(({ name, shape, smallest, largest, notFinite }) => (
              <tr key={name}>
                <td className="mono">{name}</td>
                <td className="mono">{shape.join(' × ')}</td>
                <td>{smallest === null ? '–' : scientific(smallest)}</td>
                <td>{largest === null ? '–' : scientific(largest)}</td>
                <td>{notFinite === 0 ? '0' : <strong>{formatCount(notFinite, language)}</strong>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

/** Three significant digits, over however many orders of magnitude. */
function scientific(value: number): string {
  const size = Math.abs(value)
  return value === 0 || (size >= 1e-3 && size < 1e5) ? String(Number(value.toPrecision(3))) : value.toExponential(2)
}
