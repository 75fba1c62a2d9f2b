/**
 * What is computed from the structures of a data set alone, and kept in files: fingerprints, clusters. The name of a file follows from
 * the structures, so that versions with equal ones share it.
 */
import { readFile, stat } from 'node:fs/promises'
import { writeFileAtomic } from '../../node/atomic-write.ts'
import { PATTERN_BYTES } from '../../shared/similarity-protocol.ts'
import type { CallOptions } from '../chemistry/chem-worker.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'
import { createOrderedWork } from '../chemistry/ordered-work.ts'
import type { FeatureCache } from '../jobs/feature-cache.ts'

export interface StructureFiles {
  /** The feature file that compounds are compared by. ERR_2003 as `FeatureCache.ensure`. */
  fingerprints(smiles: readonly string[], options?: FileOptions): Promise<string>
  /** [rows] the cluster of each row. */
  clusters(smiles: readonly string[], options?: FileOptions): Promise<Int32Array>
  /** [rows, 2] the place of each row on the map of its data set; NaN for a row without one. */
  map(smiles: readonly string[], options?: FileOptions): Promise<Float32Array>
  /** The file of pattern fingerprints, [rows, PATTERN_BYTES]. */
  patterns(smiles: readonly string[], options?: FileOptions): Promise<string>
}

export type Stage = 'fingerprints' | 'clusters' | 'map' | 'patterns'
export interface FileOptions extends Pick<CallOptions, 'signal' | 'onPid' | 'onCancelHeard'> {
  onProgress?: (stage: Stage, done: number, total: number | null) => void
}

const FINGERPRINTS = 'similarity-1'
/** Members of a cluster are at least this similar to its centre. Part of the file's name: another one is another file. */
export const CLUSTER_SIMILARITY = 0.5
/** Comparing 100,000 compounds with each other takes a minute and says so all the time. */
const ENDLESS = { deadlineMs: null } as const

export function createStructureFiles({
  features,
  chemistry,
}: {
  features: FeatureCache
  chemistry: ChemistryService
}): StructureFiles {
  /** Somebody who wants what is being made waits for it, and looks again. */
  const making = new Map<string, Promise<unknown>>()

  async function once<T>(file: string, read: () => Promise<T | null>, make: () => Promise<T>): Promise<T> {
    for (let other = making.get(file); other !== undefined; other = making.get(file)) await other.catch(() => undefined)
    const made = (async () => (await read()) ?? (await make()))().finally(() => making.delete(file))
    making.set(file, made)
    return made
  }

  const stageOf = (stage: Stage, { onProgress, ...call }: FileOptions): CallOptions => ({
    ...call,
    ...(onProgress === undefined ? {} : { onProgress: (done, total) => onProgress(stage, done, total) }),
  })

  const fingerprints = (smiles: readonly string[], options: FileOptions = {}): Promise<string> =>
    features.ensure(smiles, FINGERPRINTS, stageOf('fingerprints', options))

  /** What a call makes of the fingerprints, kept in a file beside them. */
  async function derived<T extends Int32Array | Float32Array>(
    smiles: readonly string[],
    { name, length, view, make }: Derived<T>,
    options: FileOptions,
  ): Promise<T> {
    const featureFile = await fingerprints(smiles, options)
    const file = featureFile.replace(/\.bin$/, `-${name}.bin`)
    return once(
      file,
      async () => {
        const bytes = await readIfThere(file)
        return bytes?.byteLength === length * 4 ? view(bytes.buffer) : null
      },
      async () => {
        const made = await make(featureFile)
        await writeFileAtomic(file, new Uint8Array(made.buffer, made.byteOffset, made.byteLength))
        return made
      },
    )
  }

  return {
    fingerprints,
    clusters: (smiles, options = {}) =>
      derived(
        smiles,
        {
          name: `clusters-${CLUSTER_SIMILARITY}`,
          length: smiles.length,
          view: buffer => new Int32Array(buffer),
          make: async featureFile => {
            const input = { featureFile, threshold: CLUSTER_SIMILARITY }
            const call = { ...stageOf('clusters', options), ...ENDLESS, process: 'own' } as const
            return (await chemistry.request('clusterStructures', input, call)).result.cluster
          },
        },
        options,
      ),
    map: (smiles, options = {}) =>
      derived(
        smiles,
        {
          name: 'map-1',
          length: 2 * smiles.length,
          view: buffer => new Float32Array(buffer),
          make: async featureFile => {
            const call = { ...stageOf('map', options), ...ENDLESS, process: 'own' } as const
            return (await chemistry.request('mapStructures', { featureFile }, call)).result
          },
        },
        options,
      ),
    patterns: async (smiles, options = {}) => {
      const file = await features.fileFor(smiles, 'patterns-1')
      return once(
        file,
        async () => ((await sizeOf(file)) === smiles.length * PATTERN_BYTES ? file : null),
        async () => {
          await writeFileAtomic(file, await makePatterns(chemistry, smiles, options))
          return file
        },
      )
    },
  }
}

interface Derived<T> {
  /** Part of the file's name; a changed definition gets a new one. */
  name: string
  /** Of the array. */
  length: number
  view(buffer: ArrayBuffer): T
  make(featureFile: string): Promise<T>
}

const BLOCK_ROWS = 500

/** In blocks, one worker a core. */
async function makePatterns(
  chemistry: ChemistryService,
  smiles: readonly string[],
  { signal, onProgress }: FileOptions,
): Promise<Uint8Array> {
  const bits = new Uint8Array(smiles.length * PATTERN_BYTES)
  let done = 0
  const work = createOrderedWork<string[], Uint8Array>({
    inFlight: 2 * chemistry.poolSize,
    work: async block => {
      const call = { process: 'pool', ...(signal === undefined ? {} : { signal }) } as const
      return (await chemistry.request('patterns', { smiles: block }, call)).result
    },
    take: block => {
      bits.set(block, done * PATTERN_BYTES)
      done += block.byteLength / PATTERN_BYTES
      onProgress?.('patterns', done, smiles.length)
    },
  })
  for (let from = 0; from < smiles.length; from += BLOCK_ROWS) await work.push(smiles.slice(from, from + BLOCK_ROWS))
  await work.end()
  return bits
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** A copy of its own, aligned for any typed array. */
async function readIfThere(file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
