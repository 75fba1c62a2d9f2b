import {
  IconDatabase,
  IconHome,
  IconSettings,
  IconTargetArrow,
  IconTopologyStar3,
  IconWaveSine,
} from '@tabler/icons-react'
import { type ComponentType, lazy, type ReactNode } from 'react'
import type { PageName } from '../route/hash-route.ts'

type View = () => ReactNode

interface PageEntry {
  icon: typeof IconHome
  view: ComponentType
}

/** Every page is its own bundle: the first picture does not wait for the charts. */
export const PAGE_ENTRIES: Record<PageName, PageEntry> = {
  home: { icon: IconHome, view: lazyPage(() => import('../features/home/HomePage.tsx'), 'HomePage') },
  data: { icon: IconDatabase, view: lazyPage(() => import('../features/data/DataPage.tsx'), 'DataPage') },
  training: {
    icon: IconWaveSine,
    view: lazyPage(() => import('../features/training/TrainingPage.tsx'), 'TrainingPage'),
  },
  models: { icon: IconTopologyStar3, view: lazyPage(() => import('../features/models/ModelsPage.tsx'), 'ModelsPage') },
  predict: {
    icon: IconTargetArrow,
    view: lazyPage(() => import('../features/predict/PredictPage.tsx'), 'PredictPage'),
  },
  settings: {
    icon: IconSettings,
    view: lazyPage(() => import('../features/settings/SettingsPage.tsx'), 'SettingsPage'),
  },
}

function lazyPage<Name extends string>(load: () => Promise<Record<Name, View>>, name: Name): ComponentType {
  return lazy<View>(async () => ({ default: (await load())[name] }))
}
