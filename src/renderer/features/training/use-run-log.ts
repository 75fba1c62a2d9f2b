import { useEffect, useRef, useState } from 'react'
import type { LogLine } from '../../../shared/contract/jobs.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'

const KEPT_LINES = 10_000

/** The log of a run, followed while it grows. */
export function useRunLog(jobId: string, live: boolean): { lines: readonly LogLine[]; error: UiError | undefined } {
  const epoch = useApp(state => state.epoch)
  const [lines, setLines] = useState<readonly LogLine[]>([])
  const [error, setError] = useState<UiError>()
  const last = useRef({ jobId, sequence: -1 })

  // biome-ignore lint/correctness/useExhaustiveDependencies: a run that goes on (`live`) and a new connection (`epoch`) open a new stream
  useEffect(() => {
    const aborter = new AbortController()
    const { signal } = aborter
    if (last.current.jobId !== jobId) {
      last.current = { jobId, sequence: -1 }
      setLines([])
    }
    const place = last.current
    const listen = async (): Promise<void> => {
      for await (const batch of await client.jobs.log({ id: jobId, after: place.sequence }, { signal })) {
        if (signal.aborted) return
        place.sequence = batch.at(-1)?.sequence ?? place.sequence
        setLines(known => [...known, ...batch].slice(-KEPT_LINES))
      }
    }
    setError(undefined)
    listen().catch((failure: unknown) => isAbort(failure, signal) || setError(toUiError(failure)))
    return () => aborter.abort()
  }, [jobId, live, epoch])

  return { lines, error }
}
