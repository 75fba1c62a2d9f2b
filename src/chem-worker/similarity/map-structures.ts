import { chooseLandmarks, createLandmarkMap } from '../../recipes/embedding/landmark-map.ts'
import { createMinMaxIndex, minMaxSimilarities } from '../../recipes/similarity/min-max-index.ts'
import type { CallHandler } from '../call.ts'
import { readFingerprints } from './fingerprint-file.ts'

export const mapStructures: CallHandler<'mapStructures'> = async ({ featureFile }, context) => {
  const fingerprints = await readFingerprints(featureFile, context.breathe)
  const known = fingerprints.filter(found => found !== null)
  const landmarks = chooseLandmarks(known.length).map(position => known[position]!)
  const index = createMinMaxIndex(landmarks)
  const map = createLandmarkMap(minMaxSimilarities(index, landmarks))
  const places = new Float32Array(2 * fingerprints.length).fill(Number.NaN)
  for (const [row, fingerprint] of fingerprints.entries()) {
    if (fingerprint !== null) places.set(map.place(minMaxSimilarities(index, [fingerprint])), 2 * row)
    context.progress(row + 1, fingerprints.length)
    await context.breathe()
  }
  return places
}
