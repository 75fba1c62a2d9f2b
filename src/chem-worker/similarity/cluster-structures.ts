import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { butinaClusters } from '../../recipes/similarity/butina.ts'
import type { CallHandler } from '../call.ts'
import { readFingerprints } from './fingerprint-file.ts'

/** Nothing is like it: it becomes a cluster of its own. */
const NONE: SparseCounts = { keys: new Uint32Array(), counts: new Uint16Array() }

export const clusterStructures: CallHandler<'clusterStructures'> = async ({ featureFile, threshold }, context) => {
  const fingerprints = (await readFingerprints(featureFile, context.breathe)).map(found => found ?? NONE)
  const cluster = await butinaClusters(fingerprints, threshold, async (done, total) => {
    context.progress(done, total)
    await context.breathe()
  })
  return { cluster, clusters: cluster.reduce((highest, number) => Math.max(highest, number), -1) + 1 }
}
