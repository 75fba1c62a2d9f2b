import { describe, expect, it } from 'vitest'
import { type Outcome, summarise } from './outcome.ts'

const outcome = (over: Partial<Outcome>): Outcome => ({
  suite: 'unit and integration',
  file: 'src/a.test.ts',
  name: 'adds',
  state: 'passed',
  reason: '',
  ...over,
})
const electron = outcome({ suite: 'electron', state: 'skipped', reason: 'no Electron binary' })
const gpu = outcome({ state: 'skipped', reason: 'no GPU' })

describe('summarise', () => {
  it('ends with the counts alone on a line', () => {
    expect(summarise([outcome({}), outcome({}), electron], false)).toEqual({
      lines: [
        'unit and integration: 2 passed, 0 failed, 0 skipped',
        'electron: 0 passed, 0 failed, 1 skipped',
        '  skipped 1 × electron: no Electron binary',
        '2 passed, 0 failed, 1 skipped',
      ],
      ok: true,
    })
  })

  it('names what failed and is not ok', () => {
    const { lines, ok } = summarise([outcome({}), outcome({ state: 'failed', reason: 'expected 1, got 2' })], false)
    expect(lines).toContain('  failed  src/a.test.ts › adds: expected 1, got 2')
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped')
    expect(ok).toBe(false)
  })

  it('groups what was skipped by its reason', () => {
    expect(summarise([outcome({}), gpu, gpu, electron], false).lines).toContain(
      '  skipped 2 × unit and integration: no GPU',
    )
  })

  it('allows only Electron to be skipped where it is strict', () => {
    expect(summarise([outcome({}), electron], true).ok).toBe(true)
    expect(summarise([outcome({}), gpu], true).ok).toBe(false)
    expect(summarise([outcome({}), gpu], false).ok).toBe(true)
  })

  it('is not ok when nothing ran', () => {
    expect(summarise([], false).ok).toBe(false)
    expect(summarise([electron], true).ok).toBe(false)
  })
})
