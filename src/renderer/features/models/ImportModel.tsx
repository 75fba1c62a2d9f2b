import { Button, FileButton, Group, Loader, Modal, Select, Stack } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import { useApp } from '../../api/app-store.ts'
import { client, uploadFile } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useT } from '../../i18n/translate.ts'
import { navigate } from '../../route/use-route.ts'
import { verifiedText } from './model-words.ts'

const ENDING = '.bindery-model'

type Stage =
  | { name: 'asking' }
  | { name: 'looking'; file: File }
  | { name: 'refused'; file: File; error: UiError }
  | { name: 'taken'; model: Model }

/** Takes in a model from its passport: looks through it, predicts its test compounds again, and says what came of it. */
export function ImportModel({ onClose }: { onClose(): void }): ReactNode {
  const { t, language } = useT()
  const models = useApp(state => state.models)
  const [stage, setStage] = useState<Stage>({ name: 'asking' })
  const [versionOf, setVersionOf] = useState<string | null>(null)
  const aborter = useRef<AbortController | null>(null)
  useEffect(() => () => aborter.current?.abort(), [])
  const families = useMemo(
    () =>
      Object.values(models)
        .filter(({ isCurrent }) => isCurrent)
        .map(({ id, name }) => ({ value: id, label: name }))
        .sort((a, b) => a.label.localeCompare(b.label)),
    [models],
  )

  async function take(file: File): Promise<void> {
    aborter.current = new AbortController()
    const { signal } = aborter.current
    setStage({ name: 'looking', file })
    try {
      const uploadId = await uploadFile(file, signal)
      const request = { uploadId, ...(versionOf === null ? {} : { versionOf }) }
      setStage({ name: 'taken', model: await client.registry.importPassport(request, { signal }) })
    } catch (error) {
      if (isAbort(error, signal)) setStage({ name: 'asking' })
      else setStage({ name: 'refused', file, error: toUiError(error) })
    }
  }

  const choose = (label: string) => (
    <FileButton accept={ENDING} onChange={file => file && void take(file)}>
      {props => (
        <Button {...props} data-autofocus>
          {label}
        </Button>
      )}
    </FileButton>
  )
  return (
    <Modal opened onClose={onClose} title={t('models.import.title')} size="md" centered>
      <Stack gap={12} aria-live="polite">
        {stage.name === 'asking' && (
          <>
            <p style={{ margin: 0 }}>{t('models.import.text')}</p>
            {families.length > 0 && (
              <Select
                label={t('models.import.versionOf')}
                placeholder={t('models.import.ownModel')}
                data={families}
                value={versionOf}
                onChange={setVersionOf}
                clearable
                clearButtonProps={{ 'aria-label': t('models.import.ownModel') }}
              />
            )}
            <Group justify="flex-end">{choose(t('models.import.choose'))}</Group>
          </>
        )}
        {stage.name === 'looking' && (
          <>
            <p style={{ margin: 0 }}>
              <Loader size={14} mr={8} /> {t('models.import.looking', { file: stage.file.name })}
            </p>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => aborter.current?.abort()}>
                {t('common.cancel')}
              </Button>
            </Group>
          </>
        )}
        {stage.name === 'refused' && (
          <>
            <p style={{ margin: 0 }}>{t('models.import.refused', { file: stage.file.name })}</p>
            <ErrorCard error={stage.error} />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                {t('common.close')}
              </Button>
              {choose(t('models.import.another'))}
            </Group>
          </>
        )}
        {stage.name === 'taken' && (
          <>
            <p style={{ margin: 0 }}>
              {t('models.import.taken', { name: stage.model.name })} {verifiedText(stage.model, { t, language })}
            </p>
            {stage.model.fingerprint && (
              <p className="muted" style={{ margin: 0, fontSize: 12 }}>
                {t('models.fingerprintText')} <span className="mono">{stage.model.fingerprint}</span>
              </p>
            )}
            <Group justify="flex-end">
              <Button
                data-autofocus
                onClick={() => {
                  onClose()
                  navigate({ page: 'models', id: stage.model.id })
                }}
              >
                {t('models.import.open')}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  )
}
