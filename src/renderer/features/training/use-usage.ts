import { useEffect, useRef, useState } from 'react'
import type { UsagePoint } from '../../../shared/contract/resources.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'

/** What a job used: all there is, then what is new each time something was written down. Key the component by the job. */
export function useUsage(jobId: string): { points: readonly UsagePoint[] | undefined; error: UiError | undefined } {
  const recorded = useApp(state => state.recorded[jobId])
  const epoch = useApp(state => state.epoch)
  const [points, setPoints] = useState<readonly UsagePoint[]>()
  const [error, setError] = useState<UiError>()
  const last = useRef(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was recorded and a new connection (`epoch`) are reasons to ask again
  useEffect(() => {
    const aborter = new AbortController()
    const { signal } = aborter
    client.resources.ofJob({ id: jobId, after: last.current }, { signal }).then(
      more => {
        if (signal.aborted) return
        last.current = more.at(-1)?.at ?? last.current
        setPoints(known => [...(known ?? []), ...more])
        setError(undefined)
      },
      (failure: unknown) => isAbort(failure, signal) || setError(toUiError(failure)),
    )
    return () => aborter.abort()
  }, [jobId, recorded, epoch])

  return { points, error }
}
