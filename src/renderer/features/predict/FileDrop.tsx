import { Text } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { intakeKindOf, useModelIntake } from '../../api/model-intake.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useT } from '../../i18n/translate.ts'
import classes from './predict.module.css'
import type { TableStart } from './use-table-start.ts'

/** Where a table or an SD file is dropped or chosen; its prediction starts at once. */
export function FileDrop({ start, compact = false }: { start: TableStart; compact?: boolean }): ReactNode {
  const { t } = useT()
  const action = useAction((file: File) => start.ofFile(file))
  return (
    <>
      <Dropzone
        className={`${classes.drop} ${compact ? classes.dropCompact : ''}`}
        onDrop={([file]) => {
          if (file === undefined) return
          const kind = intakeKindOf(file)
          if (kind === null) action.run(file)
          else useModelIntake.getState().ask(kind, file)
        }}
        // What is dropped beside it is the frame's.
        preventDropOnDocument={false}
        multiple={false}
        loading={action.busy}
        dragEventsBubbling={false}
        inputProps={{ 'aria-label': t('predict.chooseFile') }}
      >
        <IconFileSpreadsheet size={compact ? 18 : 28} aria-hidden />
        <Text fw={500} fz={compact ? 'xs' : 'sm'} c="var(--text)">
          {t('predict.dropFile')}
        </Text>
        {!compact && <Text fz="xs">{t('predict.dropFileText')}</Text>}
      </Dropzone>
      {action.error && <ErrorCard error={action.error} />}
    </>
  )
}
