import type { SimilarityCalls } from '../../shared/similarity-protocol.ts'
import type { CallHandlers } from '../call.ts'
import { clusterStructures } from './cluster-structures.ts'
import { findSimilar } from './find-similar.ts'
import { mapStructures } from './map-structures.ts'
import { nearestLearned } from './nearest-learned.ts'
import { patterns, screenPatterns } from './patterns.ts'

export const similarityHandlers: CallHandlers<keyof SimilarityCalls> = {
  clusterStructures,
  nearestLearned,
  findSimilar,
  mapStructures,
  patterns,
  screenPatterns,
}
