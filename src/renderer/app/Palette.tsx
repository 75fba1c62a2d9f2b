import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconDatabase, IconSearch, IconTopologyStar3, IconWaveSine } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { newestFirst } from '../api/app-state.ts'
import { useApp } from '../api/app-store.ts'
import { jobTitle } from '../components/job-progress.ts'
import { useT } from '../i18n/translate.ts'
import { navigate } from '../route/use-route.ts'
import { useCommands } from './use-commands.ts'

/** Every command and everything that has a name, in one box. */
export function Palette({ onShortcuts }: { onShortcuts(): void }): ReactNode {
  const { t } = useT()
  const commands = useCommands(onShortcuts)
  const things = useThings()
  const actions = useMemo<SpotlightActionGroupData[]>(
    () => [{ group: t('palette.commands'), actions: commands }, ...things],
    [t, commands, things],
  )
  return (
    <Spotlight
      actions={actions}
      shortcut={null}
      limit={40}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound={t('common.nothingFound')}
      searchProps={{
        leftSection: <IconSearch size={16} />,
        placeholder: t('frame.search'),
        'aria-label': t('frame.search'),
      }}
      attributes={{ content: { 'aria-label': t('frame.search') } }}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      transitionProps={{ duration: 80 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
    />
  )
}

function useThings(): SpotlightActionGroupData[] {
  const { t } = useT()
  const datasets = useApp(state => state.datasets)
  const models = useApp(state => state.models)
  const jobs = useApp(state => state.jobs)
  return useMemo(() => {
    const data: SpotlightActionData[] = newestFirst(datasets).map(({ id, name, fileName }) => ({
      id,
      label: name,
      description: fileName,
      leftSection: <IconDatabase size={16} />,
      onClick: () => navigate({ page: 'data', id }),
    }))
    const made: SpotlightActionData[] = newestFirst(models).map(({ id, name }) => ({
      id,
      label: name,
      leftSection: <IconTopologyStar3 size={16} />,
      onClick: () => navigate({ page: 'models', id }),
    }))
    const runs: SpotlightActionData[] = newestFirst(jobs)
      .filter(job => job.kind === 'train')
      .map(job => ({
        id: job.id,
        label: jobTitle(job),
        description: t(`state.${job.state}`),
        leftSection: <IconWaveSine size={16} />,
        onClick: () => navigate({ page: 'training', id: job.id }),
      }))
    return [
      { group: t('page.data'), actions: data },
      { group: t('page.models'), actions: made },
      { group: t('page.training'), actions: runs },
    ].filter(group => group.actions.length > 0)
  }, [datasets, models, jobs, t])
}
