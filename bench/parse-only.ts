/**
 * How fast this machine's RDKit (the WebAssembly one of the application) parses structures and does nothing else with them: one process a
 * core, as many structures as there are shared out in blocks. Run as a program of its own it is such a process.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createToolkit } from '../src/chem-worker/toolkit.ts'

const SELF = fileURLToPath(import.meta.url)
const WARM_UP = 500

export interface ParseOnly {
  /** Molecules, over all cores. */
  perSecond: number
  /** Processor time of a molecule, which other programs on the machine change less. */
  cpuMs: number
}

/** The processes are warm when the clock starts. */
export async function measureParseOnly(smiles: readonly string[]): Promise<ParseOnly> {
  const cores = availableParallelism()
  const share = Math.ceil(smiles.length / cores)
  const children = Array.from({ length: cores }, () => fork(SELF, { execArgv: [] }))
  try {
    await Promise.all(
      children.map(async (child, k) => {
        child.send(smiles.slice(k * share, (k + 1) * share))
        await once(child, 'message')
      }),
    )
    const start = performance.now()
    const parsed = await Promise.all(children.map(parseShare))
    const seconds = (performance.now() - start) / 1000
    const total = parsed.reduce((sum, { count }) => sum + count, 0)
    if (total !== smiles.length) throw new Error(`${smiles.length} structures, ${total} parsed`)
    return { perSecond: total / seconds, cpuMs: parsed.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / total }
  } finally {
    for (const child of children) child.kill()
  }
}

interface Share {
  count: number
  cpuMs: number
}

async function parseShare(child: ChildProcess): Promise<Share> {
  child.send('go')
  const [share] = (await once(child, 'message')) as [Share]
  return share
}

if (process.send && process.argv[1] === SELF) {
  const toolkit = await createToolkit()
  const parse = (text: string): number => toolkit.withMol(text, mol => (mol ? 1 : 0))
  let own: string[] = []
  process.on('message', (message: string[] | 'go') => {
    if (message === 'go') {
      let count = 0
      const before = process.cpuUsage()
      for (const text of own) count += parse(text)
      const { user, system } = process.cpuUsage(before)
      process.send!({ count, cpuMs: (user + system) / 1000 } satisfies Share)
      return
    }
    own = message
    for (const text of own.slice(0, WARM_UP)) parse(text)
    process.send!(0)
  })
}
