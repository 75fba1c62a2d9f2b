/**
 * What is computed from the structures of a data set alone, and kept in files: fingerprints, clusters. The name of a file follows from
 * the structures, so that versions with equal ones share it.
 */
import { readFile } from 'node:fs/promises'
import { writeFileAtomic } from '../../node/atomic-write.ts'
import type { CallOptions } from '../chemistry/chem-worker.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'
import type { FeatureCache } from '../jobs/feature-cache.ts'

export interface StructureFiles {
  /** The feature file that compounds are compared by. ERR_2003 as `FeatureCache.ensure`. */
  fingerprints(smiles: readonly string[], options?: FileOptions): Promise<string>
  /** [rows] the cluster of each row. */
  clusters(smiles: readonly string[], options?: FileOptions): Promise<Int32Array>
}

export type Stage = 'fingerprints' | 'clusters'
export interface FileOptions extends Pick<CallOptions, 'signal' | 'onPid'> {
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

  return {
    fingerprints,
    clusters: async (smiles, options = {}) => {
      const featureFile = await fingerprints(smiles, options)
      const file = featureFile.replace(/\.bin$/, `-clusters-${CLUSTER_SIMILARITY}.bin`)
      return once(
        file,
        async () => {
          const bytes = await readIfThere(file)
          return bytes?.byteLength === smiles.length * 4 ? new Int32Array(bytes.buffer) : null
        },
        async () => {
          const { result } = await chemistry.request(
            'clusterStructures',
            { featureFile, threshold: CLUSTER_SIMILARITY },
            { ...stageOf('clusters', options), ...ENDLESS, process: 'own' },
          )
          await writeFileAtomic(file, new Uint8Array(result.cluster.buffer))
          return result.cluster
        },
      )
    },
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
