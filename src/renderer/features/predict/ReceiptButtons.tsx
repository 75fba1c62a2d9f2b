import { Button, Group } from '@mantine/core'
import { IconPrinter, IconReceipt } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Receipt } from '../../../shared/contract/predictions.ts'
import { client, saveBlob } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { fixed, formatConcentration, formatPX, pXName } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './receipt.module.css'

interface ReceiptButtonsProps {
  modelId: string
  smiles: string
  fallback: string[]
}

/** Everything the prediction rests on, as a file or on paper. */
export function ReceiptButtons(question: ReceiptButtonsProps): ReactNode {
  const { t } = useT()
  const [printed, setPrinted] = useState<Receipt | null>(null)
  const save = useAction(async () => {
    const receipt = await client.predictions.receipt(question)
    const name = `receipt ${new Date(receipt.createdAt).toISOString().slice(0, 19).replaceAll(':', '-')}.json`
    saveBlob(new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: 'application/json' }), name)
  })
  const print = useAction(async () => setPrinted(await client.predictions.receipt(question)))
  const error = save.error ?? print.error
  return (
    <>
      <Group gap={8}>
        <Button
          variant="default"
          leftSection={<IconReceipt size={14} />}
          loading={save.busy}
          onClick={() => save.run()}
        >
          {t('predict.saveReceipt')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconPrinter size={14} />}
          loading={print.busy}
          onClick={() => print.run()}
        >
          {t('predict.printReceipt')}
        </Button>
      </Group>
      {error && <ErrorCard error={error} />}
      {printed && <PrintedReceipt receipt={printed} onDone={() => setPrinted(null)} />}
    </>
  )
}

/** On paper only: the page itself is hidden while it prints. */
function PrintedReceipt({ receipt, onDone }: { receipt: Receipt; onDone(): void }): ReactNode {
  const { t } = useT()
  useEffect(() => {
    window.addEventListener('afterprint', onDone, { once: true })
    window.print()
    return () => window.removeEventListener('afterprint', onDone)
  }, [onDone])
  const { model, interval, domain } = receipt
  const unit = pXName(model.endpoint)
  const rows: readonly (readonly [string, string])[] = [
    [t('receipt.structure'), receipt.input.smiles],
    [t('receipt.prediction'), `${formatPX(receipt.prediction)} ${unit} (${formatConcentration(receipt.molar, 3)})`],
    interval === null
      ? [t('receipt.noInterval'), t('predict.noInterval')]
      : [
          t('receipt.interval', { level: `${Math.round(interval.level * 100)}%` }),
          `${formatPX(interval.lower)} – ${formatPX(interval.upper)} (${interval.method}, n = ${interval.calibrationRows})`,
        ],
    [
      t('predict.domain'),
      domain === null ? t('domain.unknown') : `${fixed(domain.distance, 3)}: ${t(`domain.${domain.verdict}`)}`,
    ],
    [t('predict.model'), `${model.name} (${model.recipe}, ${model.preset}, ${model.featurePreset})`],
    [t('receipt.hash'), model.sha256],
    ...(model.dataset === null
      ? ([[t('receipt.data'), t('lineage.dataUnknown')]] as const)
      : ([
          [
            t('receipt.data'),
            `${model.dataset.name}, n = ${model.dataset.rows}${model.dataset.simulated ? `, ${t('common.simulated')}` : ''}`,
          ],
          ['SHA-256', model.dataset.sha256],
        ] as const)),
    ['RMSE', model.testRmse === null ? '–' : fixed(model.testRmse, 2)],
    ...(receipt.instead
      ? [
          [
            t('receipt.instead'),
            `${receipt.instead.name ?? receipt.instead.modelId}: ${receipt.instead.message}`,
          ] as const,
        ]
      : []),
    ...receipt.nearest.map(
      (near, i) =>
        [
          `${t('predict.nearest')} ${i + 1}`,
          `${near.smiles} · ${formatPX(near.pX)} · ${t('predict.similar', { similarity: fixed(near.similarity, 2) })}`,
        ] as const,
    ),
  ]
  return createPortal(
    <section className={classes.receipt}>
      <h1>{t('receipt.title')}</h1>
      <p>
        {new Date(receipt.createdAt).toISOString()} · Bindery {receipt.application.version}
      </p>
      <table>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>,
    document.body,
  )
}
