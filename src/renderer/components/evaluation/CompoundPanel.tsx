import { ActionIcon, Anchor, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { EvaluatedPoint } from '../../../shared/evaluation.ts'
import { fixed, formatPX, formatWithHalfWidth } from '../../format/affinity.ts'
import { formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'
import { Depiction } from '../Depiction.tsx'
import { Facts } from '../Layout.tsx'
import classes from './evaluation.module.css'

interface CompoundPanelProps {
  point: EvaluatedPoint
  unit: string
  modelId: string
  onClose(): void
}

/** One compound of the evaluation: what was measured, what was predicted, and what the model knew that is like it. */
export function CompoundPanel({ point, unit, modelId, onClose }: CompoundPanelProps): ReactNode {
  const { t, language } = useT()
  const error = point.predicted - point.measured
  const similar = (value: number): string => formatPercent(value, language)
  return (
    <aside className={classes.panel} aria-label={t('evaluation.compound')}>
      <div className={classes.panelHead}>
        <h4 className={classes.panelTitle}>{t(`evaluation.compoundOf.${point.part}`)}</h4>
        <Tooltip label={t('common.close')}>
          <ActionIcon size="sm" aria-label={t('common.close')} onClick={onClose}>
            <IconX size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
      {point.smiles && <Depiction smiles={point.smiles} width={220} height={140} />}
      <Facts
        items={[
          [t('evaluation.measured'), `${formatPX(point.measured)} ${unit}`],
          [t('evaluation.predicted'), formatWithHalfWidth(point.predicted, point.halfWidth)],
          [t('evaluation.error'), `${error > 0 ? '+' : ''}${fixed(error, 2)}`],
          point.similarity === null ? null : [t('evaluation.nearest'), similar(point.similarity)],
        ]}
      />
      {point.nearest.length > 0 && (
        <>
          <h5 className={classes.panelTitle}>{t('evaluation.neighbours')}</h5>
          <ul className={classes.neighbours}>
            {point.nearest.map((neighbour, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the neighbours of one compound keep their order
              <li key={index}>
                <Depiction smiles={neighbour.smiles} width={104} height={70} />
                <span>
                  {formatPX(neighbour.pX)} {unit}
                  <br />
                  <span className="muted">{t('evaluation.alike', { share: similar(neighbour.similarity) })}</span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {point.smiles && (
        <>
          <code className={classes.smiles}>{point.smiles}</code>
          <Anchor fz="sm" href={hrefOf({ page: 'predict', id: modelId, params: { smiles: point.smiles } })}>
            {t('evaluation.predictIt')}
          </Anchor>
        </>
      )}
    </aside>
  )
}
