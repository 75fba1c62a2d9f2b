import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Preset, Recipe } from '../../../shared/contract/jobs.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useT } from '../../i18n/translate.ts'
import { AdvancedSettings } from './AdvancedSettings.tsx'
import { changedSettings, type RunForm, settingProblem } from './new-run.ts'

export interface PresetDraft {
  recipe: Recipe
  base: Preset
  settings: RunForm['settings']
  /** The preset that is edited; absent: a new one is made. */
  replaces?: string
}

interface PresetDialogProps {
  draft: PresetDraft
  onSaved(name: string): void
  onClose(): void
}

/** A copy of a preset under a name of its own, with what it changes; or such a copy once more. */
export function PresetDialog({ draft, onSaved, onClose }: PresetDialogProps): ReactNode {
  const { t } = useT()
  const { recipe, base, replaces } = draft
  const [name, setName] = useState(replaces ?? '')
  const [settings, setSettings] = useState(draft.settings)
  const specs = useCall(signal => client.jobs.settings({ recipe, preset: base }, { signal }), [recipe, base])
  const invalid = specs.data?.some(spec => settingProblem(spec, settings[spec.name]) !== null) ?? true
  const save = useAction(async () => {
    const saved = await client.presets.save({
      name: name.trim(),
      recipe,
      base,
      settings: changedSettings(settings, specs.data ?? []),
      ...(replaces === undefined ? {} : { replaces }),
    })
    onSaved(saved.name)
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={replaces === undefined ? t('preset.saveAs') : t('preset.edit', { name: replaces })}
      size="lg"
      centered
    >
      <form
        onSubmit={event => {
          // The form of the new run lies around this one in React's tree.
          event.stopPropagation()
          event.preventDefault()
          save.run()
        }}
      >
        <Stack gap={16}>
          <TextInput
            label={t('common.name')}
            value={name}
            maxLength={64}
            required
            data-autofocus
            onChange={event => setName(event.currentTarget.value)}
          />
          <span className="muted">
            {t('preset.copyOf', { recipe: t(`recipe.${recipe}`), base: t(`preset.${base}`) })}
          </span>
          {specs.error && <ErrorCard error={specs.error} onRetry={specs.reload} />}
          <AdvancedSettings specs={specs.data ?? []} values={settings} onChange={setSettings} />
          {save.error && <ErrorCard error={save.error} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('common.close')}
            </Button>
            <Button type="submit" disabled={invalid || name.trim() === ''} loading={save.busy}>
              {t('preset.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
