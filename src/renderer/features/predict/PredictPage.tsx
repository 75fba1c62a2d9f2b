import { Button, SegmentedControl } from '@mantine/core'
import { IconTargetArrow } from '@tabler/icons-react'
import { type ReactNode, useEffect, useMemo } from 'react'
import { newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { EmptyNote } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { hrefOf, navigate, useRoute } from '../../route/use-route.ts'
import { ModelChoice } from './ModelChoice.tsx'
import { PredictOne } from './PredictOne.tsx'
import { PredictTable } from './PredictTable.tsx'
import { useModelChoices } from './predict-params.ts'
import type { PredictView } from './predict-view.tsx'

const MODES = ['one', 'file'] as const

/** Left what is asked, right the answer. */
export function PredictPage(): ReactNode {
  const { t } = useT()
  const { id } = useRoute()
  const byId = useApp(state => state.models)
  // An archived one is offered for nothing; whoever has come with a link to it still sees what it is.
  const models = useMemo(
    () => newestFirst(byId).filter(({ state, id: own }) => state !== 'archived' || own === id),
    [byId, id],
  )
  const model = (id && byId[id]) || models[0]
  if (!model) {
    return (
      <EmptyNote icon={<IconTargetArrow size={28} />} title={t('predict.empty')} text={t('predict.emptyText')}>
        <Button component="a" href={hrefOf({ page: 'training', id: 'new' })} mt={8}>
          {t('training.new')}
        </Button>
      </EmptyNote>
    )
  }
  return <PredictWith key={model.id} model={model} models={models} />
}

function PredictWith({ model, models }: Pick<PredictView, 'model'> & { models: PredictView['model'][] }): ReactNode {
  const { t } = useT()
  const { tab, params } = useRoute()
  const choices = useModelChoices(model, models)
  // A table's own address says so even where a link names no way to ask.
  const mode = tab === 'file' || tab === 'list' || (tab === undefined && params.job) ? 'file' : 'one'

  useEffect(() => {
    // The first answer should not have to wait for the model. Where it cannot be loaded, the answer says so.
    client.predictions.warm({ modelId: model.id }).catch(() => undefined)
  }, [model.id])

  const head = (
    <>
      <ModelChoice model={model} models={models} mode={mode} />
      <SegmentedControl
        aria-label={t('predict.mode')}
        value={mode}
        onChange={next => {
          const { smiles: _smiles, job: _job, ...kept } = params
          navigate({ page: 'predict', id: model.id, tab: next, params: kept })
        }}
        data={MODES.map(value => ({ value, label: t(`predict.mode.${value}`) }))}
      />
    </>
  )
  const view: PredictView = { model, head, ...choices }
  return mode === 'file' ? <PredictTable {...view} /> : <PredictOne {...view} />
}
