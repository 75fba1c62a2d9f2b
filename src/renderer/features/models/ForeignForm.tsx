import { Button, Checkbox, Fieldset, Group, NativeSelect, Radio, TextInput } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { endpointSchema } from '../../../shared/contract/datasets.ts'
import { FINGERPRINT_BITS, type ForeignLook, seenSchema } from '../../../shared/contract/foreign.ts'
import { newestFirst } from '../../api/app-state.ts'
import { useApp } from '../../api/app-store.ts'
import type { UiError } from '../../api/ui-error.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { type ForeignChoices, SCALES, type ScaleName, usableData } from './foreign-choices.ts'
import classes from './models.module.css'

interface ForeignFormProps {
  look: ForeignLook
  fileName: string
  choices: ForeignChoices
  onChange(choices: ForeignChoices): void
  /** Why it was refused with what was chosen before. */
  error: UiError | null
  onSubmit(): void
  onCancel(): void
}

export function ForeignForm(props: ForeignFormProps): ReactNode {
  const { look, fileName, choices, onChange, error, onSubmit, onCancel } = props
  const { t, language } = useT()
  const byId = useApp(state => state.datasets)
  const data = useMemo(() => {
    const usable = usableData(newestFirst(byId), choices.endpoint)
    return [
      { value: '', label: t('foreign.noData') },
      ...usable.map(({ id, name, version }) => ({ value: id, label: version > 1 ? `${name} v${version}` : name })),
    ]
  }, [byId, choices.endpoint, t])
  const set = (change: Partial<ForeignChoices>): void => onChange({ ...choices, ...change })
  const number = (value: number): string => formatCount(value, language)
  const { width } = look.input
  const isOddWidth = width !== null && !FINGERPRINT_BITS.some(bits => bits === width)
  const isLowerTighter = choices.scale !== 'pX'
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        onSubmit()
      }}
      className={classes.foreign}
    >
      <p className="muted" style={{ margin: 0 }}>
        {fileName}
        {look.producer !== '' && ` · ${look.producer}`} · {shortList(look.operators)}
        {width !== null && ` · ${t('foreign.reads', { count: width, shown: number(width) })}`}
      </p>
      <TextInput
        label={t('common.name')}
        value={choices.name}
        maxLength={255}
        data-autofocus
        onChange={event => set({ name: event.currentTarget.value })}
      />
      <Fieldset legend={t('foreign.input')}>
        <div className={classes.fields}>
          <NativeSelect
            label={t('foreign.radius')}
            value={String(choices.radius)}
            onChange={event => set({ radius: event.currentTarget.value === '3' ? 3 : 2 })}
            data={[
              { value: '2', label: '2 (ECFP4)' },
              { value: '3', label: '3 (ECFP6)' },
            ]}
          />
          <NativeSelect
            label={t('foreign.bits')}
            value={String(choices.bits)}
            error={isOddWidth ? t('foreign.oddWidth', { shown: number(width) }) : undefined}
            onChange={event =>
              set({ bits: FINGERPRINT_BITS.find(bits => String(bits) === event.currentTarget.value) ?? 2048 })
            }
            data={FINGERPRINT_BITS.map(bits => ({ value: String(bits), label: number(bits) }))}
          />
          <NativeSelect
            label={t('foreign.values')}
            value={choices.values}
            onChange={event => set({ values: event.currentTarget.value === 'counts' ? 'counts' : 'bits' })}
            data={(['bits', 'counts'] as const).map(value => ({ value, label: t(`foreign.values.${value}`) }))}
          />
        </div>
        <Checkbox
          mt={10}
          label={t('foreign.chirality')}
          checked={choices.chirality}
          onChange={event => set({ chirality: event.currentTarget.checked })}
        />
        <p className="muted" style={{ margin: '8px 0 0', fontSize: 12 }}>
          {t('foreign.inputText')}
        </p>
      </Fieldset>
      <Fieldset legend={t('foreign.output')}>
        <div className={classes.fields}>
          <NativeSelect
            label={t('foreign.endpoint')}
            value={choices.endpoint}
            onChange={event => {
              const endpoint = endpointSchema.parse(event.currentTarget.value)
              set({ endpoint, measuredId: null, trainingId: null })
            }}
            data={endpointSchema.options.map(value => ({ value, label: t(`endpoint.${value}`) }))}
          />
          <NativeSelect
            label={t('foreign.scale')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            description={t(isLowerTighter ? 'foreign.lowerTighter' : 'foreign.higherTighter')}
            value={choices.scale}
            onChange={event => set({ scale: event.currentTarget.value as ScaleName })}
            data={(Object.keys(SCALES) as ScaleName[]).map(value => ({
              value,
              label: SCALES[value].logarithm
                ? t('foreign.logOf', { unit: t(`unit.${SCALES[value].unit}`) })
                : t(`unit.${SCALES[value].unit}`),
            }))}
          />
          <TextInput
            label={t('foreign.target')}
            value={choices.target}
            maxLength={255}
            onChange={event => set({ target: event.currentTarget.value })}
          />
          {look.outputs.length > 1 && (
            <NativeSelect
              label={t('foreign.outputName')}
              value={choices.output}
              onChange={event => set({ output: event.currentTarget.value })}
              data={look.outputs}
            />
          )}
        </div>
      </Fieldset>
      <Fieldset legend={t('foreign.known')}>
        <NativeSelect
          label={t('foreign.measured')}
          description={t('foreign.measuredText')}
          value={choices.measuredId ?? ''}
          onChange={event => set({ measuredId: event.currentTarget.value || null })}
          data={data}
        />
        {choices.measuredId !== null && (
          <Radio.Group
            mt={10}
            label={t('foreign.seen')}
            value={choices.seen}
            onChange={value => set({ seen: seenSchema.parse(value) })}
          >
            <Group gap={16} mt={6}>
              {seenSchema.options.map(value => (
                <Radio key={value} value={value} label={t(`foreign.seen.${value}`)} />
              ))}
            </Group>
            <p className="muted" style={{ margin: '6px 0 0', fontSize: 12 }}>
              {t(`foreign.seen.${choices.seen}.text`)}
            </p>
          </Radio.Group>
        )}
        <NativeSelect
          mt={10}
          label={t('foreign.training')}
          description={t('foreign.trainingText')}
          value={choices.trainingId ?? ''}
          onChange={event => set({ trainingId: event.currentTarget.value || null })}
          data={data}
        />
      </Fieldset>
      {error && <ErrorCard error={error} />}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" disabled={isOddWidth}>
          {t('foreign.register')}
        </Button>
      </Group>
    </form>
  )
}

const SHOWN_OPERATORS = 4

function shortList(operators: readonly string[]): string {
  const names = operators.map(name => name.replace(/^.*:/, ''))
  const more = names.length > SHOWN_OPERATORS ? ' …' : ''
  return names.slice(0, SHOWN_OPERATORS).join(', ') + more
}
