/** A model on its way in, as a stream: how far it is, and at the end what became of it. */
import type { Model } from '../../shared/contract/models.ts'
import type { IntakeEvent } from '../../shared/contract/registry.ts'
import { toErrorBody } from '../../shared/errors.ts'
import type { InspectorProgress } from '../../shared/inspector-protocol.ts'
import { streamWork } from '../explore/stream-work.ts'

export type IntakeProgress = (progress: InspectorProgress) => void

/** What each stage begins at and ends with, of all there is to do: stages come in any order that does not fall. */
const SPANS: Record<InspectorProgress['stage'], readonly [from: number, to: number]> = {
  featurising: [0, 0.5],
  unpacking: [0, 0.4],
  loading: [0.5, 0.6],
  predicting: [0.6, 0.85],
  comparing: [0.85, 0.92],
  judging: [0.92, 1],
  fitting: [0, 1],
}
/** Where a stage does not know how long it is, this many steps take it half the way. */
const HALF_WAY_STEPS = 20

export function streamIntake(
  signal: AbortSignal | undefined,
  take: (control: { signal: AbortSignal; tell: IntakeProgress }) => Promise<Model>,
): AsyncGenerator<IntakeEvent, void, void> {
  let share = 0
  return streamWork<IntakeEvent>({
    ...(signal === undefined ? {} : { signal }),
    work: async ({ signal: all, tell }) => ({
      type: 'taken',
      model: await take({
        signal: all,
        tell: progress => {
          share = Math.max(share, shareOf(progress))
          tell({ type: 'progress', ...progress, share })
        },
      }),
    }),
    failed: error => ({ type: 'failed', error: toErrorBody(error) }),
  })
}

function shareOf({ stage, done, total }: InspectorProgress): number {
  const [from, to] = SPANS[stage]
  const part = total === null ? done / (done + HALF_WAY_STEPS) : total === 0 ? 1 : Math.min(1, done / total)
  return from + (to - from) * part
}
