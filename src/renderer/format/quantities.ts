/** Counts, sizes, shares and times in the reader's language. */

import { dateFormat, numberFormat, relativeFormat } from './formatters.ts'

export function formatCount(value: number, language: string): string {
  return numberFormat(language).format(value)
}

export function formatPercent(share: number, language: string): string {
  return numberFormat(language, { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(share)
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

export function formatBytes(bytes: number, language: string): string {
  const power = Math.min(BYTE_UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const scaled = bytes / 1000 ** power
  return numberFormat(language, {
    style: 'unit',
    unit: BYTE_UNITS[power] as string,
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power > 0 && scaled < 10 ? 1 : 0,
  }).format(scaled)
}

const TIME_UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** A duration in its two largest units: `2 min 5 sec`, `340 ms`. */
export function formatDuration(durationMs: number, language: string): string {
  if (durationMs < 1000) return unit(Math.max(0, Math.round(durationMs)), 'millisecond', language)
  let seconds = Math.round(durationMs / 1000)
  const first = TIME_UNITS.findIndex(([, size]) => seconds >= size)
  const parts: string[] = []
  for (const [name, size] of TIME_UNITS.slice(first, first + 2)) {
    const amount = Math.floor(seconds / size)
    seconds -= amount * size
    if (amount > 0) parts.push(unit(amount, name, language))
  }
  return parts.join(' ')
}

/** A remaining time, coarse enough not to flicker: whole minutes from 90 s on, steps of 5 s below. */
export function formatRemaining(remainingMs: number, language: string): string {
  const seconds = remainingMs / 1000
  if (seconds < 90) return unit(Math.max(5, Math.ceil(seconds / 5) * 5), 'second', language)
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return unit(minutes, 'minute', language)
  return formatDuration(Math.round(minutes / 10) * 600_000, language)
}

/** `3 minutes ago`, `yesterday`; beyond a week the date. */
export function formatAgo(at: number, now: number, language: string): string {
  const seconds = Math.round((at - now) / 1000)
  const relative = relativeFormat(language, { numeric: 'auto' })
  if (Math.abs(seconds) < 60) return relative.format(0, 'second')
  if (Math.abs(seconds) < 3600) return relative.format(Math.trunc(seconds / 60), 'minute')
  if (Math.abs(seconds) < 86_400) return relative.format(Math.trunc(seconds / 3600), 'hour')
  if (Math.abs(seconds) < 7 * 86_400) return relative.format(Math.trunc(seconds / 86_400), 'day')
  return dateFormat(language, { dateStyle: 'medium' }).format(at)
}

export function formatMoment(at: number, language: string): string {
  return dateFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(at)
}

export function formatClock(at: number, language: string): string {
  return dateFormat(language, { timeStyle: 'medium', hourCycle: 'h23' }).format(at)
}

function unit(value: number, name: string, language: string): string {
  return numberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
}

/** A measured figure in four digits, however large or small: `0.0123`, `1.2e-7`. */
export function formatFigure(value: number): string {
  return String(Number(value.toPrecision(4)))
}
