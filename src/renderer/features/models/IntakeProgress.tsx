import { Button, Group, Progress } from '@mantine/core'
import type { ReactNode } from 'react'
import type { IntakeStage } from '../../../shared/contract/foreign.ts'
import { formatPercent } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'

interface IntakeProgressProps {
  stage: IntakeStage | null
  /** 0–1 */
  share: number
  fileName: string
  onCancel(): void
}

/** How far a model on its way in is. */
export function IntakeProgress({ stage, share, fileName, onCancel }: IntakeProgressProps): ReactNode {
  const { t, language } = useT()
  const what = stage === null ? t('intake.receiving') : t(`intake.${stage}`)
  return (
    <>
      <p style={{ margin: 0 }}>
        {fileName}: {what} · {formatPercent(share, language)}
      </p>
      <Progress value={100 * share} aria-label={what} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
      </Group>
    </>
  )
}
