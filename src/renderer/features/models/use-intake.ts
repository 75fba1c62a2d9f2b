import { useEffect, useRef, useState } from 'react'
import type { IntakeStage } from '../../../shared/contract/foreign.ts'
import type { Model } from '../../../shared/contract/models.ts'
import type { IntakeEvent } from '../../../shared/contract/registry.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'

export type Intake =
  | { name: 'idle' }
  /** `stage` is `null` until the application has said something. */
  | { name: 'working'; stage: IntakeStage | null; share: number }
  | { name: 'refused'; error: UiError }
  | { name: 'taken'; model: Model }

/** Follows a model on its way in. Whoever closes the dialog stops it. */
export function useIntake(): {
  intake: Intake
  start(open: (signal: AbortSignal) => Promise<AsyncIterable<IntakeEvent>>): Promise<void>
  stop(): void
} {
  const [intake, setIntake] = useState<Intake>({ name: 'idle' })
  const aborter = useRef<AbortController | null>(null)
  useEffect(() => () => aborter.current?.abort(), [])

  async function start(open: (signal: AbortSignal) => Promise<AsyncIterable<IntakeEvent>>): Promise<void> {
    aborter.current?.abort()
    const mine = new AbortController()
    aborter.current = mine
    setIntake({ name: 'working', stage: null, share: 0 })
    try {
      for await (const event of await open(mine.signal)) {
        if (mine.signal.aborted) return
        if (event.type === 'taken') setIntake({ name: 'taken', model: event.model })
        else if (event.type === 'failed') setIntake({ name: 'refused', error: toUiError(event.error) })
        else setIntake({ name: 'working', stage: event.stage, share: event.share })
      }
    } catch (error) {
      if (!isAbort(error, mine.signal)) setIntake({ name: 'refused', error: toUiError(error) })
    }
  }

  return {
    intake,
    start,
    stop: () => {
      aborter.current?.abort()
      setIntake({ name: 'idle' })
    },
  }
}
