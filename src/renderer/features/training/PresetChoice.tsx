import { ActionIcon, Button, Group, NativeSelect, SegmentedControl, Tooltip } from '@mantine/core'
import { IconCopy, IconPencil, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useT } from '../../i18n/translate.ts'
import { builtInPreset, PRESETS, presetTextKey, type RunForm } from './new-run.ts'
import { PresetDialog, type PresetDraft } from './PresetDialog.tsx'

interface PresetChoiceProps {
  form: Pick<RunForm, 'recipe' | 'preset' | 'settings'>
  onChange(changes: Partial<RunForm>): void
}

/** The presets every recipe has and the user's own, which are made, changed and deleted here. */
export function PresetChoice({ form, onChange }: PresetChoiceProps): ReactNode {
  const { t } = useT()
  const [draft, setDraft] = useState<PresetDraft | null>(null)
  const [removing, setRemoving] = useState<string | null>(null)
  const presets = useCall(signal => client.presets.list(undefined, { signal }), [])
  const own = (presets.data ?? []).filter(({ recipe }) => recipe === form.recipe)
  const chosen = own.find(({ name }) => name === form.preset)
  const builtIn = builtInPreset(form.preset)
  const choose = (preset: string): void => onChange({ preset, settings: {} })
  return (
    <>
      <SegmentedControl
        aria-label={t('training.preset')}
        value={builtIn ?? ''}
        onChange={choose}
        data={PRESETS.map(value => ({ value, label: t(`preset.${value}`) }))}
      />
      <span className="muted">
        {builtIn
          ? t(presetTextKey({ recipe: form.recipe, preset: builtIn }))
          : chosen && t('preset.copyOf', { recipe: t(`recipe.${form.recipe}`), base: t(`preset.${chosen.base}`) })}
      </span>
      <Group gap={8} align="flex-end">
        {own.length > 0 && (
          <NativeSelect
            label={t('preset.own')}
            value={chosen?.name ?? ''}
            onChange={event => choose(event.currentTarget.value || 'production')}
            data={[{ value: '', label: t('preset.none') }, ...own.map(({ name }) => name)]}
            miw={180}
          />
        )}
        <Button
          variant="default"
          leftSection={<IconCopy size={14} />}
          onClick={() =>
            setDraft({
              recipe: form.recipe,
              base: chosen?.base ?? builtIn ?? 'production',
              settings: { ...chosen?.settings, ...form.settings },
            })
          }
        >
          {t('preset.saveAs')}
        </Button>
        {chosen && (
          <>
            <Tooltip label={t('preset.edit', { name: chosen.name })}>
              <ActionIcon
                size="lg"
                aria-label={t('preset.edit', { name: chosen.name })}
                onClick={() => setDraft({ ...chosen, replaces: chosen.name })}
              >
                <IconPencil size={16} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t('preset.delete', { name: chosen.name })}>
              <ActionIcon
                size="lg"
                aria-label={t('preset.delete', { name: chosen.name })}
                onClick={() => setRemoving(chosen.name)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          </>
        )}
      </Group>
      {presets.error && <ErrorCard error={presets.error} onRetry={presets.reload} />}
      {draft && (
        <PresetDialog
          draft={draft}
          onClose={() => setDraft(null)}
          onSaved={name => {
            setDraft(null)
            presets.reload()
            choose(name)
          }}
        />
      )}
      {removing !== null && (
        <ConfirmDialog
          title={t('preset.delete', { name: removing })}
          confirm={t('common.delete')}
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await client.presets.remove({ name: removing })
            presets.reload()
            choose('production')
          }}
        >
          {t('preset.deleteText')}
        </ConfirmDialog>
      )}
    </>
  )
}
