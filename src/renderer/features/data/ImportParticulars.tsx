import { NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './import.module.css'
import {
  ALL_ASSAYS,
  type Choices,
  chooseGroup,
  ENDPOINTS,
  type GroupName,
  groupNames,
  type Missing,
  UNITS,
} from './import-choices.ts'

interface ImportParticularsProps {
  choices: Choices
  missing: readonly Missing[]
  onChange(choices: Choices): void
}

/** What the table as a whole is: name, target, kind of value, unit. Of a table that mixes several, which part is taken. */
export function ImportParticulars({ choices, missing, onChange }: ImportParticularsProps): ReactNode {
  const { t, language } = useT()
  const kinds = groupNames(choices, 'endpoint')
  const assays = groupNames(choices, 'assay')
  const counted = ({ name, records }: GroupName): string => `${name} (${formatCount(records, language)})`
  const endpointLabel = (endpoint: (typeof ENDPOINTS)[number]): string => {
    const found = kinds.find(({ name }) => name === endpoint)
    return found && kinds.length > 1
      ? `${t(`endpoint.${endpoint}`)} (${formatCount(found.records, language)})`
      : t(`endpoint.${endpoint}`)
  }
  const choose = t('import.choose')
  return (
    <div className={classes.form}>
      <TextInput
        label={t('common.name')}
        withAsterisk
        maxLength={255}
        value={choices.name}
        onChange={event => onChange({ ...choices, name: event.currentTarget.value })}
      />
      <TargetField choices={choices} missing={missing} onChange={onChange} />
      <NativeSelect
        label={t('data.endpoint')}
        withAsterisk
        error={missing.includes('endpoint')}
        value={choices.endpoint ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onChange(chooseGroup(choices, { endpoint: ENDPOINTS.find(endpoint => endpoint === value) ?? null }))
        }
        data={[{ value: '', label: choose }, ...ENDPOINTS.map(value => ({ value, label: endpointLabel(value) }))]}
      />
      <NativeSelect
        label={choices.roles.unit === null ? t('import.unit') : t('import.unitElse')}
        withAsterisk={choices.roles.unit === null}
        error={missing.includes('unit')}
        value={choices.unit ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...choices, unit: UNITS.find(unit => unit === value) ?? null })
        }
        data={[{ value: '', label: choose }, ...UNITS.map(value => ({ value, label: t(`unit.${value}`) }))]}
      />
      {assays.length > 1 && (
        <NativeSelect
          label={t('role.assay')}
          value={choices.assay}
          onChange={({ currentTarget: { value } }) => onChange({ ...choices, assay: value })}
          data={[
            { value: ALL_ASSAYS, label: t('import.allAssays', { count: assays.length }) },
            ...assays.map(each => ({ value: each.name, label: counted(each) })),
          ]}
        />
      )}
    </div>
  )
}

/** Free text, unless the table names several targets: those are never pooled. */
function TargetField({ choices, missing, onChange }: ImportParticularsProps): ReactNode {
  const { t, language } = useT()
  const targets = groupNames(choices, 'target')
  if (targets.length > 1) {
    return (
      <NativeSelect
        label={t('data.target')}
        description={t('import.severalTargets', { count: targets.length })}
        inputWrapperOrder={['label', 'input', 'description']}
        withAsterisk
        error={missing.includes('target')}
        value={choices.target}
        onChange={({ currentTarget: { value } }) => onChange(chooseGroup(choices, { target: value }))}
        data={[
          { value: '', label: t('import.choose') },
          ...targets.map(({ name, records }) => ({
            value: name,
            label: `${name} (${formatCount(records, language)})`,
          })),
        ]}
      />
    )
  }
  return (
    <TextInput
      label={t('data.target')}
      placeholder={t('import.targetExample')}
      maxLength={255}
      value={choices.target}
      onChange={event => onChange({ ...choices, target: event.currentTarget.value })}
    />
  )
}
