import { MantineProvider, MantineThemeProvider, useMantineColorScheme } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type ReactNode, useEffect, useMemo } from 'react'
import { useApp } from '../api/app-store.ts'
import { resolveLanguage, setLanguage, useT } from '../i18n/translate.ts'
import { Frame } from './Frame.tsx'
import { rememberLanguage } from './remembered.ts'
import { resolveVariables, theme } from './theme.ts'

export function App(): ReactNode {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      <FollowSettings />
      <NamedControls>
        <Notifications position="bottom-right" limit={3} />
        <Frame />
      </NamedControls>
    </MantineProvider>
  )
}

/** The buttons that Mantine adds by itself have no words of their own. */
function NamedControls({ children }: { children: ReactNode }): ReactNode {
  const { t } = useT()
  const close = t('common.close')
  const named = useMemo(() => {
    const props = { defaultProps: { closeButtonProps: { 'aria-label': close } } }
    return { components: { Notification: props, Modal: props } }
  }, [close])
  return <MantineThemeProvider theme={named}>{children}</MantineThemeProvider>
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
