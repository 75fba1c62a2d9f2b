import { expect, it } from 'vitest'
import type { ModelCard } from '../../../shared/contract/models.ts'
import { boundsLeftOut } from '../../components/bounds-left-out.ts'
import { createTexts } from '../../i18n/translate.ts'
import { partsText } from './parts-text.ts'

type Part = ModelCard['parts'][number]
const gp = (weight: number): Part => ({ recipe: 'tanimoto-gp', weight, unseenRmse: 0.6, boundsLeftOut: 12 })
const network = (weight: number): Part => ({ recipe: 'dmpnn', weight, unseenRmse: 0.65, boundsLeftOut: 0 })
const english = { t: createTexts('en').t, language: 'en' as const }

it.each([
  [[gp(1)], 'It is a Gaussian process.'],
  [[network(1)], 'It is a graph network.'],
  [[gp(0.7), network(0.3)], 'Of its prediction, the Gaussian process carries 70% and the graph network 30%.'],
  [[gp(0.42), network(0.58)], 'Of its prediction, the graph network carries 58% and the Gaussian process 42%.'],
  [
    [network(0), gp(1)],
    'It predicts with the Gaussian process alone: the graph network added nothing on compounds neither had seen.',
  ],
])('parts %j read as a sentence', (parts, text) => {
  expect(partsText(parts, english)).toBe(text)
})

it('says it in Chinese', () => {
  const chinese = { t: createTexts('zh-CN').t, language: 'zh-CN' as const }
  expect(partsText([gp(0.7), network(0.3)], chinese)).toBe('预测中高斯过程占 70%，图网络占 30%。')
})

it('counts only the bounds that no part has learnt from', () => {
  expect(boundsLeftOut([gp(0.5), network(0.5)])).toBe(0)
  expect(boundsLeftOut([gp(1)])).toBe(12)
  // The network has learned from them, but is not in the model.
  expect(boundsLeftOut([gp(1), network(0)])).toBe(12)
})
