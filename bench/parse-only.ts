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

/** Molecules a second over all cores; the processes are warm when the clock starts. */
export async function measureParseOnly(smiles: readonly string[]): Promise<number> {
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
    const total = parsed.reduce((sum, count) => sum + count, 0)
    if (total !== smiles.length) throw new Error(`${smiles.length} structures, ${total} parsed`)
    return total / seconds
  } finally {
    for (const child of children) child.kill()
  }
}

async function parseShare(child: ChildProcess): Promise<number> {
  child.send('go')
  const [count] = (await once(child, 'message')) as [number]
  return count
}

if (process.send && process.argv[1] === SELF) {
  const toolkit = await createToolkit()
  const parse = (text: string): number => toolkit.withMol(text, mol => (mol ? 1 : 0))
  let own: string[] = []
  process.on('message', (message: string[] | 'go') => {
    if (message === 'go') {
      let count = 0
      for (const text of own) count += parse(text)
      process.send!(count)
      return
    }
    own = message
    for (const text of own.slice(0, WARM_UP)) parse(text)
    process.send!(0)
  })
}
