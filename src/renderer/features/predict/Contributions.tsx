import { useComputedColorScheme } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Section } from '../../components/Layout.tsx'
import { fixed } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { atomNames, drawnWeights, strongest } from './contributions.ts'
import classes from './predict.module.css'

const SIZE = { width: 380, height: 240 }

interface ContributionsProps {
  modelId: string
  smiles: string
}

/** What each atom adds, on the drawing, named and with its scale. */
export function Contributions({ modelId, smiles }: ContributionsProps): ReactNode {
  const { t } = useT()
  const theme = useComputedColorScheme('light')
  const explained = useCall(signal => client.predictions.explain({ modelId, smiles }, { signal }), [modelId, smiles])
  const { data } = explained
  const scaled = useMemo(() => (data ? drawnWeights(data.contributions) : null), [data])
  const drawing = useCall(
    data && scaled
      ? signal =>
          client.chemistry.depict({ smiles: [data.smiles], atomWeights: [scaled.weights], ...SIZE, theme }, { signal })
      : null,
    [data, scaled, theme],
  )
  const svg = drawing.data?.[0]
  return (
    <Section level={2} title={t('predict.contributions')}>
      {explained.error && <ErrorCard error={explained.error} onRetry={explained.reload} />}
      {data && scaled && (
        <div className={classes.contributions}>
          <div style={SIZE}>
            {svg && (
              <img
                src={`data:image/svg+xml,${encodeURIComponent(svg)}`}
                alt={t('predict.contributionsOf', { smiles: data.smiles })}
                {...SIZE}
              />
            )}
          </div>
          <div style={{ maxWidth: 340 }}>
            <p style={{ margin: 0 }}>{t('predict.contributionsText')}</p>
            <p className={classes.legend}>
              <span className={classes.raises} aria-hidden /> {t('predict.raises')}
              <span className={classes.lowers} aria-hidden /> {t('predict.lowers')}
            </p>
            <p className="muted" style={{ margin: '4px 0 8px' }}>
              {t('predict.fullColour', { units: fixed(scaled.scale, 2) })}
            </p>
            <ul className={classes.atoms}>
              {strongest(data.contributions, 4).map(({ atom, value }) => (
                <li key={atom}>
                  <span>{t('predict.atom', { name: atomNames(data.smiles)[atom] ?? '', number: atom + 1 })}</span>
                  <span>{value > 0 ? `+${fixed(value, 2)}` : fixed(value, 2)}</span>
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </Section>
  )
}
