import '@fontsource-variable/inter/wght.css'
import '@fontsource/jetbrains-mono/400.css'
// biome-ignore lint/style/noRestrictedImports: the rule means our own core
import '@mantine/core/styles.layer.css'
import '@mantine/dropzone/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'
import './styles/tokens.css'
import './styles/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { follow } from './api/app-store.ts'
import { connection } from './api/host.ts'
import { App } from './app/App.tsx'
import { rememberedLanguage } from './app/remembered.ts'
import { resolveLanguage, startI18n } from './i18n/translate.ts'

startI18n(resolveLanguage(rememberedLanguage(), navigator.languages))
follow(connection)
connection.start()
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
