import { MultiSelect, NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { SimulatedBadge } from '../../components/StateBadge.tsx'
import { fixed, pXName } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { navigate, useRoute } from '../../route/use-route.ts'
import { isAlike, setModelChoice, useModelChoices } from './predict-params.ts'

const MOST_FURTHER = 7

interface ModelChoiceProps {
  model: Model
  models: readonly Model[]
  mode: 'one' | 'file'
}

/** The model, those that may stand in for it, and for tables those that answer beside it. */
export function ModelChoice({ model, models, mode }: ModelChoiceProps): ReactNode {
  const { t } = useT()
  const { params } = useRoute()
  const choices = useModelChoices(model, models)
  const others = models
    .filter(other => other.id !== model.id && isAlike(other, model))
    .map(other => ({ value: other.id, label: other.name }))
  const kept = { fallback: params.fallback ?? '', also: params.also ?? '' }
  return (
    <>
      <NativeSelect
        label={t('predict.model')}
        value={model.id}
        onChange={event => navigate({ page: 'predict', id: event.currentTarget.value, tab: mode, params: kept })}
        data={models.map(each => ({
          value: each.id,
          label: `${each.name}${each.state === 'archived' ? ` (${t('modelState.archived')})` : ''} · ${pXName(each.endpoint)}${each.testRmse === null ? '' : ` · RMSE ${fixed(each.testRmse, 2)}`}`,
        }))}
      />
      {model.simulated && <SimulatedBadge />}
      {others.length > 0 && (
        <MultiSelect
          label={t('predict.fallback')}
          {...(choices.fallback.length === 0 ? { placeholder: t('predict.noFallback') } : {})}
          data={others}
          value={choices.fallback}
          onChange={ids => setModelChoice('fallback', ids)}
          clearable
        />
      )}
      {others.length > 0 && mode === 'file' && (
        <MultiSelect
          label={t('predict.also')}
          {...(choices.also.length === 0 ? { placeholder: t('predict.noAlso') } : {})}
          data={others}
          value={choices.also}
          onChange={ids => setModelChoice('also', ids)}
          maxValues={MOST_FURTHER}
          clearable
        />
      )}
    </>
  )
}
