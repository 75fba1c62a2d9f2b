import { Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { IconTargetArrow } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { EmptyNote } from '../../components/Layout.tsx'
import { SimulatedBadge } from '../../components/StateBadge.tsx'
import { fixed, pXName } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { hrefOf, navigate, useRoute } from '../../route/use-route.ts'
import { PredictFile } from './PredictFile.tsx'
import { PredictList } from './PredictList.tsx'
import { PredictOne } from './PredictOne.tsx'
import type { PredictView } from './predict-view.tsx'

const MODES = ['one', 'list', 'file'] as const

/** Left what is asked, right the answer. */
export function PredictPage(): ReactNode {
  const { t } = useT()
  const { id, tab } = useRoute()
  const byId = useApp(state => state.models)
  const models = useMemo(() => newestFirst(byId), [byId])
  const model = (id && byId[id]) || models[0]
  const mode = MODES.find(name => name === tab) ?? 'one'

  if (!model) {
    return (
      <EmptyNote icon={<IconTargetArrow size={28} />} title={t('predict.empty')} text={t('predict.emptyText')}>
        <Button component="a" href={hrefOf({ page: 'training', id: 'new' })} mt={8}>
          {t('training.new')}
        </Button>
      </EmptyNote>
    )
  }
  const head = (
    <>
      <NativeSelect
        label={t('predict.model')}
        value={model.id}
        onChange={event => navigate({ page: 'predict', id: event.currentTarget.value, tab: mode })}
        data={models.map(each => ({
          value: each.id,
          label: `${each.name} · ${pXName(each.endpoint)}${each.testRmse === null ? '' : ` · RMSE ${fixed(each.testRmse, 2)}`}`,
        }))}
      />
      {model.simulated && <SimulatedBadge />}
      <SegmentedControl
        aria-label={t('predict.mode')}
        value={mode}
        onChange={next => navigate({ page: 'predict', id: model.id, tab: next })}
        data={MODES.map(value => ({ value, label: t(`predict.mode.${value}`) }))}
      />
    </>
  )
  const view: PredictView = { model, head }
  if (mode === 'list') return <PredictList key={model.id} {...view} />
  if (mode === 'file') return <PredictFile key={model.id} {...view} />
  return <PredictOne key={model.id} {...view} />
}
