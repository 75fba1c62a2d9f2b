import { Button, Group, NativeSelect, NumberInput, SegmentedControl } from '@mantine/core'
import { IconWaveSine } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import { splitKindSchema } from '../../../shared/contract/jobs.ts'
import { Scroll } from '../../components/Layout.tsx'
import { SplitReport } from '../../components/splits/SplitReport.tsx'
import { pXName } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { navigate, setParams, useRoute } from '../../route/use-route.ts'

const SEED = 42
const FOLD_COUNTS = [3, 5, 10] as const

/** Every way of holding compounds back for testing, and what each would do. */
export function DatasetSplits({ dataset }: { dataset: Dataset }): ReactNode {
  const { t } = useT()
  const { params } = useRoute()
  const hasColumn = dataset.splitValues.some(value => value.toLowerCase() === 'test')
  const kinds = splitKindSchema.options.filter(kind => kind !== 'column' || hasColumn)
  const kind = kinds.find(each => each === params.split) ?? (hasColumn ? 'column' : 'scaffold')
  const seed = params.seed === undefined ? SEED : Number(params.seed) || 0
  const fold = foldOf(params.fold)
  const drawn = kind !== 'column' && kind !== 'time'
  return (
    <Scroll label={t('data.tab.splits')}>
      <Group gap={12} align="flex-end">
        <SegmentedControl
          aria-label={t('training.split')}
          value={kind}
          onChange={value => setParams({ split: value, fold: '' })}
          data={kinds.map(value => ({ value, label: t(`split.${value}`) }))}
        />
        {kind !== 'column' && (
          <NumberInput
            label={t('training.seed')}
            value={seed}
            min={0}
            max={2 ** 32 - 1}
            allowDecimal={false}
            w={110}
            onChange={value => typeof value === 'number' && setParams({ seed: value === SEED ? '' : String(value) })}
          />
        )}
        {drawn && (
          <NativeSelect
            label={t('split.testPart')}
            value={fold ? `${fold.index}/${fold.of}` : ''}
            onChange={event => setParams({ fold: event.currentTarget.value })}
            data={[
              { value: '', label: t('split.fifth') },
              ...FOLD_COUNTS.flatMap(of =>
                Array.from({ length: of }, (_, i) => ({
                  value: `${i + 1}/${of}`,
                  label: t('split.fold', { index: i + 1, of }),
                })),
              ),
            ]}
          />
        )}
        <Button
          variant="default"
          leftSection={<IconWaveSine size={14} />}
          onClick={() => navigate({ page: 'training', id: 'new', params: { dataset: dataset.id } })}
        >
          {t('data.train')}
        </Button>
      </Group>
      <span className="muted">{t(`split.${kind}.text`)}</span>
      <SplitReport
        datasetId={dataset.id}
        split={kind}
        seed={seed}
        fold={drawn ? (fold ?? undefined) : undefined}
        unit={pXName(dataset.endpoint)}
      />
    </Scroll>
  )
}

function foldOf(text: string | undefined): { index: number; of: number } | null {
  const match = /^(\d+)\/(\d+)$/.exec(text ?? '')
  if (match === null) return null
  const [index, of] = [Number(match[1]), Number(match[2])]
  return index >= 1 && index <= of && of <= 20 ? { index, of } : null
}
