import { useEffect, useRef, useState } from 'react'
import type { ExploreStage } from '../../../shared/contract/explore.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'

export interface Prepared {
  ready: boolean
  stage: ExploreStage | null
  /** 0 to 1; `null` while it is not known. */
  share: number | null
  stopped: boolean
  error: UiError | undefined
}

const WAITING: Prepared = { ready: false, stage: null, share: null, stopped: false, error: undefined }

/** What comparisons of a data set's structures need, made where it is not there; large data sets take a minute, once. */
export function usePrepared(id: string, clusters: boolean): Prepared & { stop(): void; restart(): void } {
  const epoch = useApp(state => state.epoch)
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState(WAITING)
  const aborter = useRef<AbortController | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: again when the connection has come back and when asked to
  useEffect(() => {
    const mine = new AbortController()
    aborter.current = mine
    setState(WAITING)
    const run = async (): Promise<void> => {
      for await (const event of await client.explore.prepare({ id, clusters }, { signal: mine.signal })) {
        if (mine.signal.aborted) return
        if (event.type === 'ready') setState({ ...WAITING, ready: true })
        else if (event.type === 'failed') setState({ ...WAITING, error: toUiError(event.error) })
        else setState({ ...WAITING, stage: event.stage, share: event.total ? event.done / event.total : null })
      }
    }
    run().catch((error: unknown) => {
      if (!isAbort(error, mine.signal)) setState({ ...WAITING, error: toUiError(error) })
    })
    return () => mine.abort()
  }, [id, clusters, epoch, turn])
  return {
    ...state,
    stop: () => {
      aborter.current?.abort()
      setState({ ...WAITING, stopped: true })
    },
    restart: () => setTurn(count => count + 1),
  }
}
