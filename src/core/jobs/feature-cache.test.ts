import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import type { FeaturiseFileInput } from '../../shared/chem-protocol.ts'
import { createFeatureCache } from './feature-cache.ts'

const workspace = mkdtempSync(path.join(tmpdir(), 'bindery-cache-'))
afterAll(() => rmSync(workspace, { recursive: true }))

it('two who want the same features at the same time never write them at the same time', async () => {
  let writing = 0
  let most = 0
  const seen: string[] = []
  const chemistry = {
    featuriseFile: async ({ inputFile }: FeaturiseFileInput) => {
      writing++
      most = Math.max(most, writing)
      await sleep(20)
      seen.push(readFileSync(inputFile, 'utf8'))
      writing--
      return { rows: 2, refused: 0, refusals: [] } as never
    },
  }
  const cache = createFeatureCache({ workspace, version: '1', chemistry })
  const wanted = () => cache.ensure(['CCO', 'CCN'], 'ligand-1')
  const [one, two] = await Promise.all([wanted(), wanted()])
  expect(one).toBe(two)
  expect(most).toBe(1)
  expect(new Set(seen)).toEqual(new Set(['CCO\nCCN\n']))
})
