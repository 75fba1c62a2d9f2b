/** Drawings of structures: asked for in batches, kept while there is room. */
import { client } from './host.ts'

export interface Drawing {
  smiles: string
  /** `null` where the structure cannot be drawn. */
  svg: string | null
}

interface Wanted {
  smiles: string
  width: number
  height: number
  theme: 'light' | 'dark'
}

const BATCH = 100
const KEPT = 3000

const kept = new Map<string, Promise<Drawing>>()
let waiting: { wanted: Wanted; resolve(drawing: Drawing): void }[] = []

export function depictionOf(wanted: Wanted): Promise<Drawing> {
  const key = `${wanted.theme} ${wanted.width}x${wanted.height} ${wanted.smiles}`
  const known = kept.get(key)
  if (known) return known
  const { promise, resolve } = Promise.withResolvers<Drawing>()
  kept.set(key, promise)
  if (kept.size > KEPT) kept.delete(kept.keys().next().value as string)
  if (waiting.length === 0) setTimeout(() => void drawWaiting(), 12)
  waiting.push({
    wanted,
    resolve: drawing => {
      // A failure is not kept: the next view asks again.
      if (drawing.svg === null) kept.delete(key)
      resolve(drawing)
    },
  })
  return promise
}

async function drawWaiting(): Promise<void> {
  const batches = Map.groupBy(waiting, ({ wanted }) => `${wanted.theme} ${wanted.width} ${wanted.height}`)
  waiting = []
  for (const batch of batches.values()) {
    for (let start = 0; start < batch.length; start += BATCH) await draw(batch.slice(start, start + BATCH))
  }
}

async function draw(batch: typeof waiting): Promise<void> {
  const { width, height, theme } = (batch[0] as (typeof batch)[number]).wanted
  const smiles = batch.map(item => item.wanted.smiles)
  const answers = await client.chemistry.depict({ smiles, width, height, theme }).catch((error: unknown) => {
    console.warn('Bindery: no drawings:', error)
    return smiles.map(() => null)
  })
  for (const [index, item] of batch.entries()) item.resolve({ smiles: item.wanted.smiles, svg: answers[index] ?? null })
}
