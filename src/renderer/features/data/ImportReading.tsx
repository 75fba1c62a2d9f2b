import { Checkbox, NativeSelect, NumberInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/translate.ts'
import classes from './import.module.css'
import { type Choices, DUPLICATES } from './import-choices.ts'

interface ImportReadingProps {
  choices: Choices
  onChange(choices: Choices): void
}

/** How cells are read, and what becomes of several records of one structure. */
export function ImportReading({ choices, onChange }: ImportReadingProps): ReactNode {
  const { t } = useT()
  return (
    <div className={classes.form}>
      <NativeSelect
        label={t('import.duplicates')}
        value={choices.duplicates}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...choices, duplicates: DUPLICATES.find(policy => policy === value) ?? 'median' })
        }
        data={DUPLICATES.map(value => ({ value, label: t(`import.duplicates.${value}`) }))}
      />
      {choices.duplicates === 'agreeing' && (
        <NumberInput
          label={t('import.conflictLog')}
          min={0.1}
          max={20}
          step={0.1}
          decimalScale={2}
          value={choices.conflictLog}
          onChange={value => typeof value === 'number' && value > 0 && onChange({ ...choices, conflictLog: value })}
        />
      )}
      <NativeSelect
        label={t('import.decimalMark')}
        value={choices.decimalMark ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...choices, decimalMark: value === '.' || value === ',' ? value : null })
        }
        data={[
          { value: '', label: t('import.detected') },
          { value: '.', label: t('import.decimalPoint') },
          { value: ',', label: t('import.decimalComma') },
        ]}
      />
      {choices.roles.date !== null && (
        <NativeSelect
          label={t('import.dateOrder')}
          value={choices.dateOrder ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...choices, dateOrder: value === 'day' || value === 'month' ? value : null })
          }
          data={[
            { value: '', label: t('import.detected') },
            { value: 'day', label: t('import.dayFirst') },
            { value: 'month', label: t('import.monthFirst') },
          ]}
        />
      )}
      <Checkbox
        label={t('import.neutralise')}
        checked={choices.neutralise}
        onChange={event => onChange({ ...choices, neutralise: event.currentTarget.checked })}
        style={{ alignSelf: 'end', paddingBottom: 8 }}
      />
    </div>
  )
}
