/** Texts by typed key. A key with plural forms is asked for by its base name and a `count`. */
import i18next, { type FormatterModule, type i18n } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { numberFormat } from '../format/formatters.ts'
import { en } from './en.ts'
import { zhCN } from './zh-CN.ts'

export type Language = 'en' | 'zh-CN'
type PluralBase<K> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K
export type MessageKey = PluralBase<keyof typeof en>
/** `count` chooses the plural form, so it is a number; what is shown of it may be another value. */
export interface Values {
  [name: string]: string | number
  count?: number
}
export type Translate = (key: MessageKey, values?: Values) => string

/** Numbers as the language writes them: `2,754 compounds`. */
const numbers: FormatterModule = {
  type: 'formatter',
  init() {},
  add() {},
  addCached() {},
  format(value: unknown, _format, language) {
    if (typeof value !== 'number') return String(value)
    return numberFormat(language, { maximumSignificantDigits: 12 }).format(value)
  },
}

/** An instance with both catalogues. */
export function createTexts(language: Language): i18n {
  const texts = i18next.createInstance()
  void texts
    .use(initReactI18next)
    .use(numbers)
    .init({
      resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
      lng: language,
      fallbackLng: 'en',
      keySeparator: false,
      nsSeparator: false,
      interpolation: { escapeValue: false, alwaysFormat: true },
      initAsync: false,
    })
  return texts
}

let texts: i18n

export function startI18n(language: Language): void {
  texts = createTexts(language)
  document.documentElement.lang = language
}

export function setLanguage(language: Language): void {
  if (texts.language === language) return
  void texts.changeLanguage(language)
  document.documentElement.lang = language
}

/** The language a setting stands for on this machine. */
export function resolveLanguage(setting: 'system' | Language, system: readonly string[]): Language {
  if (setting !== 'system') return setting
  const first = system.find(tag => /^(en|zh)\b/i.test(tag))
  return first?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export function useT(): { t: Translate; language: Language; known: (key: string) => MessageKey | null } {
  const { t } = useTranslation(undefined, { i18n: texts })
  return { t: remembering(t as unknown as Translate), language: texts.language as Language, known }
}

const remembered = new WeakMap<Translate, Translate>()

/** Looks each text without values up once: a page asks for hundreds at every change, and looking them up took a sixth of its time. */
function remembering(translate: Translate): Translate {
  const known = remembered.get(translate)
  if (known !== undefined) return known
  const texts = new Map<MessageKey, string>()
  const t: Translate = (key, values) => {
    if (values !== undefined) return translate(key, values)
    const text = texts.get(key) ?? translate(key)
    texts.set(key, text)
    return text
  }
  remembered.set(translate, t)
  return t
}

/** A key that came from elsewhere (a rule id), where there is a text for it. */
export function known(key: string): MessageKey | null {
  return Object.hasOwn(en, key) ? (key as MessageKey) : null
}
