/** Keeps the best epoch; a plain value, so that it goes into a checkpoint as it is. */
export interface EarlyStopping {
  /** Counted from 1; 0 before the first one. */
  readonly bestEpoch: number
  readonly bestScore: number | null
  readonly epochsWithoutGain: number
}

export const freshStopping: EarlyStopping = { bestEpoch: 0, bestScore: null, epochsWithoutGain: 0 }

/** @param score Smaller is better. A score that is not finite is never the best. */
export function recordScore(
  state: EarlyStopping,
  { epoch, score }: { epoch: number; score: number },
): EarlyStopping & { readonly isBest: boolean } {
  const isBest = Number.isFinite(score) && (state.bestScore === null || score < state.bestScore)
  return isBest
    ? { isBest, bestEpoch: epoch, bestScore: score, epochsWithoutGain: 0 }
    : { ...state, isBest, epochsWithoutGain: state.epochsWithoutGain + 1 }
}

export function isExhausted(state: EarlyStopping, patience: number): boolean {
  return state.epochsWithoutGain >= patience
}
