import { useEffect, useRef, useState } from 'react'
import type { PreflightReport } from '../../../shared/contract/preflight.ts'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'
import type { PreflightQuestion } from './new-run.ts'

interface PreflightState {
  report: PreflightReport | null
  error: UiError | null
  /** While it is measured; `share` is `null` while it is not known. */
  busy: { stage: 'featurising' | 'probing'; share: number | null } | null
}

const NOTHING: PreflightState = { report: null, error: null, busy: null }

/**
 * What a run will take: at once where it was measured before, else when asked. Whatever changes the answer ends a measurement.
 *
 * @param question `null` while the form is not complete.
 */
export function usePreflight(question: PreflightQuestion | null) {
  const [state, setState] = useState(NOTHING)
  const aborter = useRef<AbortController | null>(null)
  const key = JSON.stringify(question)

  function ask(
    options: { fitBatch: boolean; storedOnly: boolean; again?: boolean },
    then?: (report: PreflightReport) => void,
  ): void {
    aborter.current?.abort()
    const mine = new AbortController()
    aborter.current = mine
    if (!question) return
    setState(options.storedOnly ? NOTHING : { ...NOTHING, busy: { stage: 'probing', share: null } })
    const run = async (): Promise<void> => {
      for await (const event of await client.preflight.estimate(
        { ...question, again: false, ...options },
        { signal: mine.signal },
      )) {
        if (mine.signal.aborted) return
        if (event.type === 'progress') {
          setState({ ...NOTHING, busy: { stage: event.stage, share: event.total ? event.done / event.total : null } })
        } else if (event.type === 'told') {
          setState({ ...NOTHING, report: event.report })
          then?.(event.report)
        } else if (event.type === 'failed') {
          // What only looked for an answer keeps quiet: starting the run says what is wrong with it.
          setState(options.storedOnly ? NOTHING : { ...NOTHING, error: toUiError({ data: event.error }) })
        }
      }
    }
    run().catch((error: unknown) => {
      if (!isAbort(error, mine.signal)) setState({ ...NOTHING, error: toUiError(error) })
    })
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that the question does
  useEffect(() => {
    ask({ fitBatch: false, storedOnly: true })
    return () => aborter.current?.abort()
  }, [key])

  return {
    ...state,
    /** Whether or not it is known: the machine may have been busy then. */
    measure: () => ask({ fitBatch: false, storedOnly: false, again: true }),
    /** Looks for a batch size and hands it over. */
    fitBatch: (chosen: (report: PreflightReport) => void) => ask({ fitBatch: true, storedOnly: false }, chosen),
    stop: () => {
      aborter.current?.abort()
      setState(NOTHING)
    },
  }
}
