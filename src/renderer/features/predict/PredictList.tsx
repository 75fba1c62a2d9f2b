import { Button, Text, Textarea } from '@mantine/core'
import { IconListNumbers, IconTargetArrow } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { client, saveBlob } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { DataGrid } from '../../components/grid/DataGrid.tsx'
import { useUrlOrder } from '../../components/grid/use-url-order.ts'
import { Bar, EmptyNote, Grow } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { PredictPanes, type PredictView } from './predict-view.tsx'
import { rankedColumns } from './ranked-columns.tsx'
import { listCsv, type RankedRow, rankedRows, smilesOf } from './ranked-rows.ts'

const MOST = 1000

/** A pasted list, answered at once and ranked. */
export function PredictList({ model, head }: PredictView): ReactNode {
  const { t } = useT()
  const [draft, setDraft] = useState('')
  const [rows, setRows] = useState<RankedRow[] | null>(null)
  const [order, setOrder] = useUrlOrder('p', { column: 'prediction', descending: true })
  const smiles = useMemo(() => smilesOf(draft), [draft])
  const action = useAction(async () => {
    setRows(rankedRows(await client.predictions.predict({ modelId: model.id, smiles })))
  })
  const columns = useMemo(() => rankedColumns(model.endpoint, t), [model.endpoint, t])
  const errors = rows?.filter(row => row.error !== null).length ?? 0
  const tooMany = smiles.length > MOST
  return (
    <PredictPanes
      input={
        <>
          {head}
          <Textarea
            label={t('predict.list')}
            description={t('predict.listText')}
            rows={14}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            value={draft}
            error={tooMany && t('predict.tooMany', { most: MOST })}
            onChange={event => setDraft(event.currentTarget.value)}
          />
          <Text c="dimmed" fz="xs">
            {t('predict.compounds', { count: smiles.length })}
          </Text>
          <Button
            data-default-action
            leftSection={<IconTargetArrow size={14} />}
            disabled={smiles.length === 0 || tooMany}
            loading={action.busy}
            onClick={() => action.run()}
          >
            {t('predict.predict')}
          </Button>
          {action.error && <ErrorCard error={action.error} />}
        </>
      }
      answer={
        rows === null ? (
          <EmptyNote icon={<IconListNumbers size={28} />} title={t('predict.rank')} text={t('predict.rankText')} />
        ) : (
          <>
            <Bar>
              <span>{t('predict.compounds', { count: rows.length })}</span>
              {errors > 0 && <span className="muted">{t('predict.notRead', { count: errors })}</span>}
              <Grow />
              <Button
                variant="default"
                onClick={() => saveBlob(new Blob([listCsv(rows)], { type: 'text/csv' }), 'predictions.csv')}
              >
                {t('predict.saveCsv')}
              </Button>
            </Bar>
            <DataGrid
              label={t('predict.ranked')}
              columns={columns}
              rows={rows}
              rowHeight={72}
              order={order}
              onOrder={setOrder}
            />
          </>
        )
      }
    />
  )
}
