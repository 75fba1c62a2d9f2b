import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../../shared/errors.ts'
import { en } from './en.ts'
import { createTexts, resolveLanguage } from './translate.ts'
import { zhCN } from './zh-CN.ts'

const keys = Object.keys(en) as (keyof typeof en)[]
const placeholders = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1]!).sort()

describe('the catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(zhCN).sort()).toEqual([...keys].sort())
  })

  it('name the same values in every text', () => {
    const unlike = keys.filter(key => {
      const [a, b] = [new Set(placeholders(en[key])), new Set(placeholders(zhCN[key]))]
      // A plural form may leave the count out.
      a.delete('count')
      b.delete('count')
      return a.symmetricDifference(b).size > 0
    })
    expect(unlike).toEqual([])
  })

  it('have both plural forms of every text that has one', () => {
    const lone = keys.filter(key => key.endsWith('_one') && !(key.replace(/_one$/, '_other') in en))
    expect(lone).toEqual([])
  })

  it('title every error of the closed list', () => {
    expect(Object.keys(ERROR_CODES).filter(code => !(`error.${code}.title` in en))).toEqual([])
  })

  it('shout nowhere', () => {
    expect(keys.filter(key => /[!！]/.test(en[key] + zhCN[key]))).toEqual([])
  })

  it('leave no text untranslated but names, symbols and units', () => {
    const same = keys.filter(key => en[key] === zhCN[key] && /[a-z]{4}/.test(en[key]))
    expect(same).toEqual(['actor.host', 'unit.kcal/mol', 'metrics.pearson', 'metrics.spearman', 'metrics.kendall'])
  })
})

describe('texts', () => {
  it('choose the plural form and write numbers as the language does', () => {
    const { t } = createTexts('en')
    expect(t('predict.compounds', { count: 1 })).toBe('1 compound')
    expect(t('predict.compounds', { count: 2754 })).toBe('2,754 compounds')
    expect(createTexts('zh-CN').t('predict.compounds', { count: 1 })).toBe('1 个化合物')
  })

  it('keep small numbers and texts as they are', () => {
    const { t } = createTexts('en')
    expect(t('setting.problem.min', { min: 1e-8 })).toBe('At least 0.00000001')
    expect(t('predict.about', { concentration: '<62 nM>' })).toBe('about <62 nM>')
  })
})

it.each([
  ['system', ['de-DE', 'zh-TW', 'en'], 'zh-CN'],
  ['system', ['en-GB', 'zh'], 'en'],
  ['system', [], 'en'],
  ['zh-CN', ['en'], 'zh-CN'],
  ['en', ['zh'], 'en'],
] as const)('the setting %s on a machine that prefers %j is %s', (setting, system, language) => {
  expect(resolveLanguage(setting, system)).toBe(language)
})
