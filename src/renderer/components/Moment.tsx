import type { ReactNode } from 'react'
import { useSyncExternalStore } from 'react'
import { formatAgo, formatMoment } from '../format/quantities.ts'
import { useT } from '../i18n/translate.ts'

const TICK_MS = 30_000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** A point in time as people say it; the exact one on hover. */
export function Moment({ at }: { at: number }): ReactNode {
  const { language } = useT()
  const present = useSyncExternalStore(subscribe, () => now)
  return (
    <time dateTime={new Date(at).toISOString()} title={formatMoment(at, language)}>
      {formatAgo(at, Math.max(present, at), language)}
    </time>
  )
}
