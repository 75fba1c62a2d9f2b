import type { ReactNode } from 'react'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { DetailHead, EmptyNote, Scroll } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { hrefOf } from '../../route/use-route.ts'
import { Answer } from './Answer.tsx'
import type { PredictView } from './predict-view.tsx'
import type { ResultRow } from './ranked-rows.ts'

interface RowDetailProps {
  row: ResultRow
  model: PredictView['model']
  /** Who answered: the model, or the one that stood in. */
  modelId: string
  onClose(): void
}

/** The compound of a row with everything its number rests on. */
export function RowDetail({ row, model, modelId, onClose }: RowDetailProps): ReactNode {
  const { t } = useT()
  const found = useCall(
    row.error === null ? signal => client.predictions.predict({ modelId, smiles: [row.smiles] }, { signal }) : null,
    [modelId, row.smiles],
  )
  const item = found.data?.[0]
  return (
    <>
      <DetailHead
        title={t('predict.lineOf', { line: row.line })}
        below={<span className="mono truncate">{row.smiles}</span>}
        onClose={onClose}
      />
      <Scroll label={t('predict.answer')}>
        {row.error !== null && <ErrorCard error={{ code: 'ERR_2003', message: row.error }} />}
        {row.error === null && <Depiction smiles={row.smiles} width={330} height={200} />}
        {found.error && <ErrorCard error={found.error} onRetry={found.reload} />}
        {item?.ok && <Answer prediction={item.prediction} model={model} fallback={[]} />}
        {found.loading && !item && <EmptyNote title={t('common.loading')} />}
        {row.smiles !== '' && (
          <a href={hrefOf({ page: 'predict', id: model.id, tab: 'one', params: { smiles: row.smiles } })}>
            {t('predict.openAlone')}
          </a>
        )}
      </Scroll>
    </>
  )
}
