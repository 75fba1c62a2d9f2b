import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { RunSpec } from '../../shared/trainer-protocol.ts'
import { startedProvider, writeRunSpec } from './run-spec-file.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-spec-'))
afterAll(() => rmSync(folder, { recursive: true }))

function specOf(count: number): RunSpec {
  const each = <T>(value: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => value(i))
  return {
    format: 'bindery-run-1',
    jobId: 'job_000000000000',
    recipe: 'dmpnn',
    preset: 'smoke',
    settings: { epochs: 3 },
    seed: 42,
    provider: 'cpu',
    threads: 0,
    split: 'random',
    rows: {
      y: each(i => i / 3),
      bound: each(i => (i % 3) - 1),
      splitValue: each(i => (i % 2 === 0 ? null : 'test "quoted"')),
      scaffold: each(() => null),
      smiles: each(i => `C${i}\\/`),
    },
    featureFile: '/cache/Ångström.bin',
    featurePreset: 'ligand-1',
    dataset: { id: 'ds_000000000000', name: 'µ', sha256: '', simulated: false, endpoint: 'Ki', target: null },
    application: { version: '1' },
  }
}

it.each([0, 1, 20_000, 50_001])('reads back as what was written, with %i rows', async count => {
  await writeRunSpec(folder, specOf(count))
  expect(JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8'))).toEqual(specOf(count))
})

it('remembers the provider a run was begun on, past text that looks like one', async () => {
  expect(await startedProvider(path.join(folder, 'absent'))).toBeNull()
  const spec = specOf(3)
  const named = { ...spec, provider: 'webgpu', dataset: { ...spec.dataset, name: '"provider":"cpu"' } }
  await writeRunSpec(folder, named)
  expect(await startedProvider(folder)).toBe('webgpu')
})
