import { Kbd } from '@mantine/core'
import type { SpotlightActionData } from '@mantine/spotlight'
import { createElement, useMemo } from 'react'
import type { Settings } from '../../shared/contract/system.ts'
import { canCancel, isActive } from '../api/app-state.ts'
import { useApp } from '../api/app-store.ts'
import { client } from '../api/host.ts'
import { chooseImport } from '../api/import-queue.ts'
import { useModelIntake } from '../api/model-intake.ts'
import { hrefOfJob } from '../components/job-link.ts'
import { jobTitle } from '../components/job-progress.ts'
import { notifyError } from '../components/notify-error.ts'
import { useT } from '../i18n/translate.ts'
import { PAGES } from '../route/hash-route.ts'
import { navigate } from '../route/use-route.ts'

const COMMAND_KEYS: Readonly<Record<string, string>> = {
  newRun: 'Ctrl+N',
  import: 'Ctrl+O',
  'go-home': 'Ctrl+1',
  'go-data': 'Ctrl+2',
  'go-training': 'Ctrl+3',
  'go-models': 'Ctrl+4',
  'go-predict': 'Ctrl+5',
  'go-settings': 'Ctrl+6',
  shortcuts: '?',
}

/** The commands of the palette. */
export function useCommands(onShortcuts: () => void): SpotlightActionData[] {
  const { t } = useT()
  const jobs = useApp(state => state.jobs)
  return useMemo(() => {
    const command = (id: string, label: string, onClick: () => void): SpotlightActionData => {
      const keys = COMMAND_KEYS[id]
      return { id, label, onClick, ...(keys ? { rightSection: createElement(Kbd, { size: 'xs' }, keys) } : {}) }
    }
    const set = (changes: Partial<Settings>) => (): void => {
      client.system.updateSettings(changes).then(
        settings => useApp.setState({ settings }),
        (error: unknown) => notifyError(error, t),
      )
    }
    const running = Object.values(jobs).filter(job => isActive(job) && canCancel(job))
    return [
      command('newRun', t('training.new'), () => navigate({ page: 'training', id: 'new' })),
      command('import', t('data.import'), chooseImport),
      command('importModel', t('models.import.passport'), () => useModelIntake.getState().ask('passport')),
      command('registerForeign', t('models.import.foreign'), () => useModelIntake.getState().ask('foreign')),
      command('example', t('home.tryExample'), () => {
        client.datasets.importExample().then(
          ({ datasetId }) => navigate({ page: 'data', id: datasetId }),
          (error: unknown) => notifyError(error, t),
        )
      }),
      ...PAGES.map(page =>
        command(`go-${page}`, t('palette.goTo', { page: t(`page.${page}`) }), () => navigate({ page })),
      ),
      ...running.map(job =>
        command(`show-${job.id}`, t('palette.showJob', { name: jobTitle(job) }), () => {
          window.location.hash = hrefOfJob(job)
        }),
      ),
      command('light', t('palette.theme', { theme: t('settings.theme.light') }), set({ theme: 'light' })),
      command('dark', t('palette.theme', { theme: t('settings.theme.dark') }), set({ theme: 'dark' })),
      command('systemTheme', t('palette.theme', { theme: t('settings.theme.system') }), set({ theme: 'system' })),
      command('english', t('palette.language', { language: 'English' }), set({ language: 'en' })),
      command('chinese', t('palette.language', { language: '简体中文' }), set({ language: 'zh-CN' })),
      command('shortcuts', t('shortcut.title'), onShortcuts),
    ]
  }, [t, jobs, onShortcuts])
}
