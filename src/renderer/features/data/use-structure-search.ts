import { useEffect, useRef, useState } from 'react'
import type { ExploreStage, StructureSearch } from '../../../shared/contract/explore.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { isAbort, toUiError, type UiError } from '../../api/ui-error.ts'

export interface SearchProgress {
  stage: ExploreStage
  done: number
  total: number | null
}

export interface SearchState {
  /** `null` while nothing is found yet. */
  searchId: string | null
  refused: number
  progress: SearchProgress | null
  running: boolean
  stopped: boolean
  error: UiError | undefined
}

const IDLE: SearchState = {
  searchId: null,
  refused: 0,
  progress: null,
  running: false,
  stopped: false,
  error: undefined,
}

/** Runs a search for as long as it is wanted: again when it changes, after `restart`, and when the connection has come back. */
export function useStructureSearch(
  datasetId: string,
  search: StructureSearch | null,
): SearchState & { stop(): void; restart(): void } {
  const epoch = useApp(state => state.epoch)
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState<SearchState>(IDLE)
  const aborter = useRef<AbortController | null>(null)
  const key = JSON.stringify(search)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the search
  useEffect(() => {
    if (search === null) {
      setState(IDLE)
      return
    }
    const mine = new AbortController()
    aborter.current = mine
    setState({ ...IDLE, running: true })
    const change = (changes: Partial<SearchState>): void => {
      if (!mine.signal.aborted) setState(previous => ({ ...previous, ...changes }))
    }
    follow(datasetId, search, { signal: mine.signal, change }).catch((error: unknown) => {
      if (!isAbort(error, mine.signal)) change({ running: false, error: toUiError(error) })
    })
    return () => mine.abort()
  }, [datasetId, key, epoch, turn])

  return {
    ...state,
    stop: () => {
      aborter.current?.abort()
      setState({ ...IDLE, stopped: true })
    },
    restart: () => setTurn(count => count + 1),
  }
}

async function follow(
  id: string,
  search: StructureSearch,
  { signal, change }: { signal: AbortSignal; change(changes: Partial<SearchState>): void },
): Promise<void> {
  for await (const event of await client.explore.search({ id, search }, { signal })) {
    if (event.type === 'progress') change({ progress: { stage: event.stage, done: event.done, total: event.total } })
    else if (event.type === 'failed') change({ running: false, error: toUiError(event.error) })
    else change({ running: false, progress: null, searchId: event.searchId, refused: event.refused })
  }
}
