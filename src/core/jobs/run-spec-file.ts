/** Writes `run.json`. Its columns are as long as the data set, so they become text in slices that leave the event loop free. */
import { open } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { writeFileAtomic } from '../../node/atomic-write.ts'
import type { RunSpec } from '../../shared/trainer-protocol.ts'

const SLICE_VALUES = 20_000

export async function writeRunSpec(folder: string, spec: RunSpec): Promise<void> {
  const { rows, ...rest } = spec
  const parts = [`${JSON.stringify(rest).slice(0, -1)},"rows":{`]
  for (const [i, [name, values]] of Object.entries(rows).entries()) {
    parts.push(`${i === 0 ? '' : ','}${JSON.stringify(name)}:[`)
    for (let from = 0; from < values.length; from += SLICE_VALUES) {
      const slice = JSON.stringify(values.slice(from, from + SLICE_VALUES)).slice(1, -1)
      parts.push(from === 0 ? slice : `,${slice}`)
      await nextTurn()
    }
    parts.push(']')
  }
  await writeFileAtomic(path.join(folder, 'run.json'), Buffer.concat(parts.concat('}}').map(part => Buffer.from(part))))
}

/** Enough for everything but the rows, which come last. */
const HEAD_BYTES = 16_384

/** The provider a run was begun on: it goes on there, whatever `auto` would be now. `null` before it was begun. */
export async function startedProvider(folder: string): Promise<string | null> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path.join(folder, 'run.json'), 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return /"provider":"(\w+)"/.exec(buffer.toString('utf8', 0, bytesRead))?.[1] ?? null
  } finally {
    await file.close()
  }
}
