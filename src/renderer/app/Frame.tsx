import { Loader } from '@mantine/core'
import { type ReactNode, Suspense, useState } from 'react'
import { useApp } from '../api/app-store.ts'
import { ErrorCard } from '../components/ErrorCard.tsx'
import { PageBoundary } from '../components/PageBoundary.tsx'
import { ImportWizard } from '../features/data/ImportWizard.tsx'
import { ModelIntake } from '../features/models/ModelIntake.tsx'
import { useT } from '../i18n/translate.ts'
import { useRoute } from '../route/use-route.ts'
import { AnomalyNotices } from './AnomalyNotices.tsx'
import { ConnectionNotice } from './ConnectionNotice.tsx'
import { DropTarget } from './DropTarget.tsx'
import classes from './frame.module.css'
import { JobNotices } from './JobNotices.tsx'
import { Palette } from './Palette.tsx'
import { PAGE_ENTRIES } from './pages.ts'
import { Rail } from './Rail.tsx'
import { ShortcutSheet } from './ShortcutSheet.tsx'
import { StatusRow } from './StatusRow.tsx'
import { TitleRow } from './TitleRow.tsx'
import { useShortcuts } from './use-shortcuts.ts'

export function Frame(): ReactNode {
  const { t } = useT()
  const { page } = useRoute()
  const ready = useApp(state => state.epoch > 0)
  const error = useApp(state => state.error)
  const [sheet, setSheet] = useState(false)
  useShortcuts(() => setSheet(open => !open))
  const Page = PAGE_ENTRIES[page].view
  return (
    <div className={classes.frame}>
      <Rail />
      <TitleRow />
      <main className={classes.page} aria-label={t(`page.${page}`)}>
        {error && <ErrorCard error={error} />}
        {ready ? (
          <PageBoundary key={page}>
            <Suspense fallback={<Waiting />}>
              <Page />
            </Suspense>
          </PageBoundary>
        ) : (
          <Waiting />
        )}
      </main>
      <StatusRow />
      <ConnectionNotice />
      <ImportWizard />
      <ModelIntake />
      <DropTarget />
      <JobNotices />
      <AnomalyNotices />
      <Palette onShortcuts={() => setSheet(true)} />
      <ShortcutSheet opened={sheet} onClose={() => setSheet(false)} />
    </div>
  )
}

function Waiting(): ReactNode {
  const { t } = useT()
  return (
    <div style={{ display: 'grid', placeItems: 'center', height: '100%' }}>
      <Loader size="sm" role="status" aria-label={t('common.loading')} />
    </div>
  )
}
