import { Button, FileButton, Group, Modal, Select, Stack } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useApp } from '../../api/app-store.ts'
import { client, uploadFile } from '../../api/host.ts'
import { PASSPORT_ENDING } from '../../api/model-intake.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useT } from '../../i18n/translate.ts'
import { IntakeProgress } from './IntakeProgress.tsx'
import { verifiedText } from './model-words.ts'
import { OpenTaken } from './OpenTaken.tsx'
import { useIntake } from './use-intake.ts'

interface ImportModelProps {
  /** `null`: to be chosen here. */
  file: File | null
  onClose(): void
}

/** Takes in a model from its passport: looks through it, predicts its test compounds again, and says what came of it. */
export function ImportModel({ file: given, onClose }: ImportModelProps): ReactNode {
  const { t, language } = useT()
  const models = useApp(state => state.models)
  const [file, setFile] = useState(given)
  const [versionOf, setVersionOf] = useState<string | null>(null)
  const { intake, start, stop } = useIntake()
  const families = useMemo(
    () =>
      Object.values(models)
        .filter(({ isCurrent }) => isCurrent)
        .map(({ id, name }) => ({ value: id, label: name }))
        .sort((a, b) => a.label.localeCompare(b.label)),
    [models],
  )

  function take(chosen: File): void {
    setFile(chosen)
    void start(async signal => {
      const uploadId = await uploadFile(chosen, signal)
      const request = { uploadId, ...(versionOf === null ? {} : { versionOf }) }
      return client.registry.takePassport(request, { signal })
    })
  }
  // A dropped file is looked at at once: it becomes a model of its own.
  const begun = useRef(false)
  useEffect(() => {
    if (given === null || begun.current) return
    begun.current = true
    take(given)
  })

  const choose = (label: string) => (
    <FileButton accept={PASSPORT_ENDING} onChange={chosen => chosen && take(chosen)}>
      {props => (
        <Button {...props} data-autofocus>
          {label}
        </Button>
      )}
    </FileButton>
  )
  const fileName = file?.name ?? ''
  return (
    <Modal opened onClose={onClose} title={t('models.import.title')} size="md" centered>
      <Stack gap={12} aria-live="polite">
        {intake.name === 'idle' && (
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
        {intake.name === 'working' && (
          <IntakeProgress stage={intake.stage} share={intake.share} fileName={fileName} onCancel={stop} />
        )}
        {intake.name === 'refused' && (
          <>
            <p style={{ margin: 0 }}>{t('models.import.refused', { file: fileName })}</p>
            <ErrorCard error={intake.error} />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                {t('common.close')}
              </Button>
              {choose(t('models.import.another'))}
            </Group>
          </>
        )}
        {intake.name === 'taken' && (
          <>
            <p style={{ margin: 0 }}>
              {t('models.import.taken', { name: intake.model.name })} {verifiedText(intake.model, { t, language })}
            </p>
            {intake.model.fingerprint && (
              <p className="muted" style={{ margin: 0, fontSize: 12 }}>
                {t('models.fingerprintText')} <span className="mono">{intake.model.fingerprint}</span>
              </p>
            )}
            <OpenTaken modelId={intake.model.id} onClose={onClose} />
          </>
        )}
      </Stack>
    </Modal>
  )
}
