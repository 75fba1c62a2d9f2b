import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { childEnvironment } from './child-environment.ts'
import { entryFile } from './node-fork.ts'
import { parseProcStatus, parsePs, parseTasklist, residentBytes } from './resident-size.ts'

describe('childEnvironment', () => {
  it('passes on what drivers and locale need and leaves secrets and loaders behind', () => {
    const parent = {
      PATH: '/bin',
      Path: 'C:\\Windows',
      LC_ALL: 'C',
      VK_ICD_FILENAMES: '/icd.json',
      CUDA_VISIBLE_DEVICES: '0',
      SystemRoot: 'C:\\Windows',
      NODE_OPTIONS: '--inspect',
      API_TOKEN: 'secret',
      ELECTRON_RUN_AS_NODE: '1',
      LD_PRELOAD: '/x.so',
      EMPTY: undefined,
    }
    expect(Object.keys(childEnvironment(parent))).toEqual([
      'PATH',
      'Path',
      'LC_ALL',
      'VK_ICD_FILENAMES',
      'CUDA_VISIBLE_DEVICES',
      'SystemRoot',
    ])
  })
})

describe('entryFile', () => {
  it('finds the entries in the source tree', () => {
    expect(existsSync(entryFile('chem-worker'))).toBe(true)
  })
})

describe('residentBytes', () => {
  it('reads what the systems print', () => {
    expect(parseProcStatus('Name:\tnode\nVmRSS:\t   54321 kB\nThreads:\t7\n')).toBe(54321 * 1024)
    expect(parseProcStatus('Name:\tnode\nState:\tZ (zombie)\n')).toBeNull()
    expect(parsePs('  54321\n')).toBe(54321 * 1024)
    expect(parsePs('')).toBeNull()
    expect(parseTasklist('"node.exe","1234","Console","1","54,321 K"\r\n')).toBe(54321 * 1024)
    expect(parseTasklist('"node.exe","1234","Console","1","54.321 K"\r\n')).toBe(54321 * 1024)
    expect(parseTasklist('INFO: No tasks are running\r\n')).toBeNull()
  })

  it('measures this process, and knows that another is gone', async () => {
    const measured = await residentBytes(process.pid)
    expect(Math.abs(measured! / process.memoryUsage.rss() - 1)).toBeLessThan(0.3)
    expect(await residentBytes(2 ** 22 + 1)).toBeNull()
  })
})
