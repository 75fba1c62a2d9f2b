import { type DependencyList, useCallback, useEffect, useRef, useState } from 'react'
import { useApp } from './app-store.ts'
import { isAbort, toUiError, type UiError } from './ui-error.ts'

export interface CallResult<T> {
  data: T | undefined
  error: UiError | undefined
  loading: boolean
  reload(): void
}

/**
 * Runs a call for as long as the component shows its answer: again when a dependency changes, when the connection has come
 * back and on `reload`. The last answer stays until the next one arrives; pass `null` to call nothing.
 */
export function useCall<T>(
  call: ((signal: AbortSignal) => Promise<T>) | null,
  dependencies: DependencyList,
): CallResult<T> {
  const epoch = useApp(state => state.epoch)
  const [turn, setTurn] = useState(0)
  const [result, setResult] = useState<{ data?: T; error?: UiError; loading: boolean }>({ loading: call !== null })
  const latest = useRef(call)
  latest.current = call
  const wanted = call !== null

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what its call depends on
  useEffect(() => {
    const run = latest.current
    if (!run) {
      setResult({ loading: false })
      return
    }
    const aborter = new AbortController()
    setResult(previous => ({ ...previous, loading: true }))
    run(aborter.signal).then(
      data => aborter.signal.aborted || setResult({ data, loading: false }),
      (error: unknown) => isAbort(error, aborter.signal) || setResult({ error: toUiError(error), loading: false }),
    )
    return () => aborter.abort()
  }, [epoch, turn, wanted, ...dependencies])

  const reload = useCallback(() => setTurn(count => count + 1), [])
  return { data: result.data, error: result.error, loading: result.loading, reload }
}

export interface Action<A extends unknown[]> {
  run(...args: A): void
  busy: boolean
  error: UiError | undefined
  clear(): void
}

/** One thing a button does: its progress and its failure, shown beside the button. */
export function useAction<A extends unknown[]>(act: (...args: A) => Promise<unknown>): Action<A> {
  const [state, setState] = useState<{ busy: boolean; error?: UiError }>({ busy: false })
  const latest = useRef(act)
  latest.current = act
  const run = useCallback((...args: A) => {
    setState({ busy: true })
    latest.current(...args).then(
      () => setState({ busy: false }),
      (error: unknown) => setState({ busy: false, error: toUiError(error) }),
    )
  }, [])
  const clear = useCallback(() => setState({ busy: false }), [])
  return { run, busy: state.busy, error: state.error, clear }
}
