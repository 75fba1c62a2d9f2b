import { Button, FocusTrap, Group, Loader, Modal, Text } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import type { RememberedChoice, TablePreview } from '../../../shared/contract/datasets.ts'
import { client, uploadFile } from '../../api/host.ts'
import { chooseFiles, useImportQueue } from '../../api/import-queue.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { formatBytes } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { type ChosenTable, ImportForm } from './ImportForm.tsx'

/** The wizard for the first waiting file. Closing it gives this file up and shows the next one. */
export function ImportWizard(): ReactNode {
  const { t } = useT()
  const { files, next } = useImportQueue()
  const first = files[0]
  if (!first) return null
  const more = files.length - 1
  return (
    <Modal
      opened
      onClose={next}
      size="min(1280px, 96vw)"
      padding={16}
      yOffset="3dvh"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('import.skip') }}
      title={
        <Text fw={600} fz={15}>
          {first.versionOf
            ? t('import.titleVersion', { file: first.file.name, name: first.versionOf.name })
            : t('import.title', { file: first.file.name })}
          {more > 0 && (
            <Text span c="dimmed" fz="sm" ml={8}>
              {t('import.waiting', { count: more })}
            </Text>
          )}
        </Text>
      }
    >
      <FocusTrap.InitialFocus />
      <ImportFile key={first.key} file={first.file} versionOf={first.versionOf} onDone={next} />
    </Modal>
  )
}

type Stage =
  | { name: 'reading' }
  | { name: 'failed'; error: UiError }
  | { name: 'choosing'; uploadId: string; preview: TablePreview & { remembered?: RememberedChoice | undefined } }

interface ImportFileProps {
  file: File
  versionOf: { id: string; name: string } | undefined
  onDone(): void
}

function ImportFile({ file, versionOf, onDone }: ImportFileProps): ReactNode {
  const { t, language } = useT()
  const [stage, setStage] = useState<Stage>({ name: 'reading' })

  useEffect(() => {
    const aborter = new AbortController()
    const { signal } = aborter
    const read = async (): Promise<void> => {
      const uploadId = await uploadFile(file, signal)
      const preview = await client.datasets.preview({ uploadId }, { signal })
      setStage({ name: 'choosing', uploadId, preview })
    }
    read().catch((error: unknown) => {
      if (!isAbort(error, signal)) setStage({ name: 'failed', error: toUiError(error) })
    })
    return () => aborter.abort()
  }, [file])

  if (stage.name === 'reading') {
    return (
      <Group py={32} justify="center" gap={12}>
        <Loader size="sm" aria-hidden />
        <Text c="dimmed">{t('import.reading', { size: formatBytes(file.size, language) })}</Text>
      </Group>
    )
  }
  if (stage.name === 'failed') {
    return (
      <ErrorCard error={stage.error}>
        <Button
          variant="default"
          onClick={() =>
            chooseFiles(files => {
              useImportQueue.getState().add(files)
              onDone()
            })
          }
        >
          {t('import.chooseAnother')}
        </Button>
        <Button variant="subtle" color="gray" onClick={onDone}>
          {t('common.close')}
        </Button>
      </ErrorCard>
    )
  }
  const { uploadId, preview } = stage
  const showTable = (table: ChosenTable): void => {
    client.datasets.preview({ uploadId, ...table }).then(
      next => setStage({ name: 'choosing', uploadId, preview: next }),
      (error: unknown) => setStage({ name: 'failed', error: toUiError(error) }),
    )
  }
  return (
    <ImportForm
      key={`${preview.member}/${preview.sheet}`}
      uploadId={uploadId}
      preview={preview}
      versionOf={versionOf}
      onTable={showTable}
      onDone={onDone}
    />
  )
}
