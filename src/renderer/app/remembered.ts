/** The last known settings of the page itself, so that the first picture is right before the application has answered. */
import type { Settings } from '../../shared/contract/system.ts'

const KEY = 'bindery.language'

export function rememberedLanguage(): Settings['language'] {
  const stored = localStorage.getItem(KEY)
  return stored === 'en' || stored === 'zh-CN' ? stored : 'system'
}

export function rememberLanguage(language: Settings['language']): void {
  localStorage.setItem(KEY, language)
}
