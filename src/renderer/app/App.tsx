import { MantineProvider, useMantineColorScheme } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type ReactNode, useEffect } from 'react'
import { useApp } from '../api/app-store.ts'
import { resolveLanguage, setLanguage } from '../i18n/translate.ts'
import { Frame } from './Frame.tsx'
import { rememberLanguage } from './remembered.ts'
import { resolveVariables, theme } from './theme.ts'

export function App(): ReactNode {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      <FollowSettings />
      <Notifications position="bottom-right" limit={3} />
      <Frame />
    </MantineProvider>
  )
}

/** Theme and language as the settings say, as soon as they are known and whenever they change. */
function FollowSettings(): null {
  const known = useApp(state => state.epoch > 0)
  const { theme: wanted, language } = useApp(state => state.settings)
  const { setColorScheme } = useMantineColorScheme()
  useEffect(() => {
    if (known) setColorScheme(wanted === 'system' ? 'auto' : wanted)
  }, [known, wanted, setColorScheme])
  useEffect(() => {
    if (!known) return
    rememberLanguage(language)
    setLanguage(resolveLanguage(language, navigator.languages))
  }, [known, language])
  return null
}
