import { NumberInput, Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import { known, type Translate, useT } from '../../i18n/translate.ts'
import { type RunForm, type SettingSpec, settingProblem } from './new-run.ts'
import classes from './training.module.css'

interface AdvancedSettingsProps {
  specs: readonly SettingSpec[]
  values: RunForm['settings']
  onChange(values: RunForm['settings']): void
}

/** The recipe's hyper-parameters; an empty field is the preset's own value. */
export function AdvancedSettings({ specs, values, onChange }: AdvancedSettingsProps): ReactNode {
  const { t } = useT()
  return (
    <div className={classes.fields}>
      {specs.map(spec => {
        const value = values[spec.name]
        const label = settingLabel(spec.name, t)
        if (spec.kind === 'boolean') {
          return (
            <Switch
              key={spec.name}
              label={label}
              checked={typeof value === 'boolean' ? value : spec.default === true}
              onChange={event => onChange({ ...values, [spec.name]: event.currentTarget.checked })}
            />
          )
        }
        return (
          <NumberInput
            key={spec.name}
            label={label}
            placeholder={String(spec.default)}
            value={typeof value === 'number' ? value : ''}
            allowDecimal={spec.kind === 'number'}
            error={problemText(spec, value, t)}
            onChange={next => onChange({ ...values, [spec.name]: typeof next === 'number' ? next : '' })}
          />
        )
      })}
    </div>
  )
}

export function settingLabel(name: string, t: Translate): string {
  const key = known(`setting.${name}`)
  return key ? t(key) : name
}

function problemText(spec: SettingSpec, value: RunForm['settings'][string] | undefined, t: Translate): string | null {
  const problem = settingProblem(spec, value)
  if (!problem) return null
  if (problem.kind === 'whole') return t('setting.problem.whole')
  return problem.kind === 'min'
    ? t('setting.problem.min', { min: problem.min })
    : t('setting.problem.max', { max: problem.max })
}
