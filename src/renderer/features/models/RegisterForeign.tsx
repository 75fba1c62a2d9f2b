import { Button, FileButton, Group, Loader, Modal, Stack } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { ForeignLook } from '../../../shared/contract/foreign.ts'
import { client, uploadFile } from '../../api/host.ts'
import { ONNX_ENDING } from '../../api/model-intake.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useT } from '../../i18n/translate.ts'
import { ForeignForm } from './ForeignForm.tsx'
import { ForeignProbes } from './ForeignProbes.tsx'
import { choicesOf, type ForeignChoices, requestOf } from './foreign-choices.ts'
import { IntakeProgress } from './IntakeProgress.tsx'
import { OpenTaken } from './OpenTaken.tsx'
import { useIntake } from './use-intake.ts'

interface RegisterForeignProps {
  /** `null`: to be chosen here. */
  file: File | null
  onClose(): void
}

interface Looked {
  uploadId: string
  look: ForeignLook
}

/** Registers an ONNX file that something else has made: what it reads, what its numbers mean, what is known of it. */
export function RegisterForeign({ file: given, onClose }: RegisterForeignProps): ReactNode {
  const { t } = useT()
  const [file, setFile] = useState(given)
  const [looked, setLooked] = useState<Looked | null>(null)
  const [choices, setChoices] = useState<ForeignChoices | null>(null)
  const [refused, setRefused] = useState<UiError | null>(null)
  const aborter = useRef<AbortController | null>(null)
  useEffect(() => () => aborter.current?.abort(), [])
  const { intake, start, stop } = useIntake()

  async function lookAt(chosen: File): Promise<void> {
    const mine = new AbortController()
    aborter.current = mine
    setFile(chosen)
    setLooked(null)
    setRefused(null)
    try {
      const uploadId = await uploadFile(chosen, mine.signal)
      const look = await client.registry.lookAtForeign({ uploadId }, { signal: mine.signal })
      setChoices(choicesOf(chosen.name, look))
      setLooked({ uploadId, look })
    } catch (error) {
      if (!isAbort(error, mine.signal)) setRefused(toUiError(error))
    }
  }
  const begun = useRef(false)
  useEffect(() => {
    if (given === null || begun.current) return
    begun.current = true
    void lookAt(given)
  })

  const choose = (label: string) => (
    <FileButton accept={ONNX_ENDING} onChange={chosen => chosen && void lookAt(chosen)}>
      {props => (
        <Button {...props} data-autofocus>
          {label}
        </Button>
      )}
    </FileButton>
  )
  const fileName = file?.name ?? ''
  const isForm = looked !== null && choices !== null && (intake.name === 'idle' || intake.name === 'refused')
  return (
    <Modal opened onClose={onClose} title={t('foreign.title')} size="lg" centered>
      <Stack gap={12}>
        {file === null && (
          <>
            <p style={{ margin: 0 }}>{t('foreign.text')}</p>
            <Group justify="flex-end">{choose(t('models.import.choose'))}</Group>
          </>
        )}
        {file !== null && looked === null && refused === null && (
          <p style={{ margin: 0 }} role="status">
            <Loader size={14} mr={8} /> {t('foreign.looking', { file: fileName })}
          </p>
        )}
        {refused !== null && (
          <>
            <p style={{ margin: 0 }}>{t('foreign.refused', { file: fileName })}</p>
            <ErrorCard error={refused} />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                {t('common.close')}
              </Button>
              {choose(t('models.import.another'))}
            </Group>
          </>
        )}
        {isForm && (
          <ForeignForm
            look={looked.look}
            fileName={fileName}
            choices={choices}
            onChange={setChoices}
            error={intake.name === 'refused' ? intake.error : null}
            onCancel={onClose}
            onSubmit={() =>
              void start(signal => client.registry.registerForeign(requestOf(looked.uploadId, choices), { signal }))
            }
          />
        )}
        {intake.name === 'working' && (
          <IntakeProgress stage={intake.stage} share={intake.share} fileName={fileName} onCancel={stop} />
        )}
        {intake.name === 'taken' && (
          <>
            <p style={{ margin: 0 }} role="status">
              {t('foreign.taken', { name: intake.model.name })}
            </p>
            <ForeignProbes modelId={intake.model.id} />
            <OpenTaken modelId={intake.model.id} onClose={onClose} />
          </>
        )}
      </Stack>
    </Modal>
  )
}
