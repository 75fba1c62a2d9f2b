import type { SimilarityCalls } from '../../shared/similarity-protocol.ts'
import type { CallHandlers } from '../call.ts'
import { clusterStructures } from './cluster-structures.ts'
import { nearestLearned } from './nearest-learned.ts'

export const similarityHandlers: CallHandlers<keyof SimilarityCalls> = { clusterStructures, nearestLearned }
