import {
  Accordion,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Stack,
  TextInput,
} from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { TrainOptions } from '../../../shared/contract/jobs.ts'
import { newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { DetailHead, EmptyNote, Scroll, Section } from '../../components/Layout.tsx'
import { SplitReport } from '../../components/splits/SplitReport.tsx'
import { pXName } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { currentRoute, navigate } from '../../route/use-route.ts'
import { AdvancedSettings } from './AdvancedSettings.tsx'
import {
  builtInPreset,
  formOf,
  NEW_FORM,
  PROVIDERS,
  preflightQuestion,
  type RunForm,
  settingProblem,
  splitOf,
  splitsOf,
  trainOptions,
} from './new-run.ts'
import { Preflight } from './Preflight.tsx'
import { PresetChoice } from './PresetChoice.tsx'
import { RecipeCards } from './RecipeCards.tsx'
import classes from './training.module.css'

/** Everything a run needs, with the choices of a careful modeller already made. */
export function NewRun({ datasetId, from }: { datasetId: string | null; from: TrainOptions | null }): ReactNode {
  const { t, language } = useT()
  const datasets = useApp(state => state.datasets)
  const ready = useMemo(() => newestFirst(datasets).filter(dataset => dataset.state === 'ready'), [datasets])
  const [form, setForm] = useState<RunForm>(from === null ? { ...NEW_FORM, datasetId } : formOf(from))
  const dataset: Dataset | undefined = ready.find(each => each.id === form.datasetId) ?? ready[0]
  const specs = useCall(
    signal => client.jobs.settings({ recipe: form.recipe, preset: form.preset }, { signal }),
    [form.recipe, form.preset],
  )
  const invalid = specs.data?.some(spec => settingProblem(spec, form.settings[spec.name]) !== null) ?? false
  const start = useAction(async () => {
    if (!dataset || !specs.data) return
    const job = await client.jobs.train(trainOptions(form, dataset, specs.data))
    navigate({ page: 'training', id: job.id })
  })
  const change = (changes: Partial<RunForm>): void => setForm(current => ({ ...current, ...changes }))
  const split = splitOf(form, dataset)

  return (
    <>
      <DetailHead title={t('training.new')} onClose={() => navigate({ ...currentRoute(), id: null, tab: null })} />
      {!dataset ? (
        <EmptyNote title={t('training.noData')} text={t('training.noDataText')}>
          <Button component="a" href="#/data" mt={8}>
            {t('training.goToData')}
          </Button>
        </EmptyNote>
      ) : (
        <form
          className={classes.form}
          aria-label={t('training.new')}
          onSubmit={event => {
            event.preventDefault()
            start.run()
          }}
        >
          <Scroll label={t('training.new')}>
            <NativeSelect
              label={t('training.data')}
              value={dataset.id}
              onChange={event => change({ datasetId: event.currentTarget.value })}
              data={ready.map(each => ({
                value: each.id,
                label: `${each.name} (${formatCount(each.summary?.structures ?? 0, language)})`,
              }))}
            />
            <Section title={t('training.recipe')}>
              <RecipeCards
                value={form.recipe}
                onChange={recipe =>
                  change({ recipe, preset: builtInPreset(form.preset) ?? 'production', settings: {} })
                }
              />
            </Section>
            <Section title={t('training.split')}>
              <SegmentedControl
                aria-label={t('training.split')}
                value={split}
                onChange={value => change({ split: splitsOf(dataset).find(each => each === value) ?? null })}
                data={splitsOf(dataset).map(value => ({ value, label: t(`split.${value}`) }))}
              />
              <span className="muted">{t(`split.${split}.text`)}</span>
              <SplitReport
                datasetId={dataset.id}
                split={split}
                seed={form.seed}
                unit={pXName(dataset.endpoint)}
                brief
              />
            </Section>
            <Section title={t('training.preset')}>
              <PresetChoice form={form} onChange={change} />
            </Section>
            <Section title={t('preflight.title')}>
              <Preflight
                question={specs.data && !invalid ? preflightQuestion(form, dataset, specs.data) : null}
                onFitBatch={
                  form.recipe === 'tanimoto-gp'
                    ? null
                    : batchSize => change({ settings: { ...form.settings, batchSize } })
                }
              />
            </Section>
            <Section title={t('training.evaluation')}>
              <Checkbox
                label={t('training.scramble')}
                description={t('training.scrambleText')}
                checked={form.scramble}
                onChange={event => change({ scramble: event.currentTarget.checked })}
              />
              <Checkbox
                label={t('training.refit')}
                description={t('training.refitText')}
                checked={form.refit}
                onChange={event => change({ refit: event.currentTarget.checked })}
              />
            </Section>
            <Accordion
              variant="separated"
              chevronPosition="left"
              // A copy is made to change what is in there.
              defaultValue={from === null ? null : 'advanced'}
            >
              <Accordion.Item value="advanced">
                <Accordion.Control>{t('training.advanced')}</Accordion.Control>
                <Accordion.Panel>
                  <Stack gap={16}>
                    <div className={classes.fields}>
                      <TextInput
                        label={t('common.name')}
                        placeholder={t('training.nameExample')}
                        maxLength={255}
                        value={form.name}
                        onChange={event => change({ name: event.currentTarget.value })}
                      />
                      <NativeSelect
                        label={t('training.provider')}
                        value={form.provider}
                        onChange={({ currentTarget: { value } }) =>
                          change({ provider: PROVIDERS.find(each => each === value) ?? 'auto' })
                        }
                        data={PROVIDERS.map(value => ({ value, label: t(`provider.${value}`) }))}
                      />
                      <NumberInput
                        label={t('training.seed')}
                        min={0}
                        max={2 ** 32 - 1}
                        allowDecimal={false}
                        allowNegative={false}
                        value={form.seed}
                        onChange={value => typeof value === 'number' && change({ seed: value })}
                      />
                    </div>
                    {specs.error && <ErrorCard error={specs.error} onRetry={specs.reload} />}
                    <AdvancedSettings
                      specs={specs.data ?? []}
                      values={form.settings}
                      onChange={settings => change({ settings })}
                    />
                  </Stack>
                </Accordion.Panel>
              </Accordion.Item>
            </Accordion>
            {start.error && <ErrorCard error={start.error} />}
          </Scroll>
          <Group className={classes.foot} justify="flex-end" gap={8}>
            <Button variant="default" onClick={() => navigate({ ...currentRoute(), id: null, tab: null })}>
              {t('common.close')}
            </Button>
            <Button
              type="submit"
              data-default-action
              leftSection={<IconPlayerPlay size={14} />}
              disabled={invalid || !specs.data}
              loading={start.busy}
            >
              {t('training.start')}
            </Button>
          </Group>
        </form>
      )}
    </>
  )
}
