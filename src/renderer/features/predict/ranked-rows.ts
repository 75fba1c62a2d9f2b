/** Predictions as rows of a ranked table. Pure. */
import type { z } from 'zod'
import type { predictionItemSchema } from '../../../shared/contract/predictions.ts'

export interface RankedRow {
  id: string
  /** 1-based place in what was asked. */
  line: number
  smiles: string
  prediction: number | null
  lower: number | null
  upper: number | null
  domainDistance: number | null
  error: string | null
}

/** The first word of every line that has one; what follows is a name. */
export function smilesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim().split(/[\s,;]+/, 1)[0] ?? '')
    .filter(word => word !== '')
}

export function rankedRows(items: readonly z.infer<typeof predictionItemSchema>[]): RankedRow[] {
  return items.map((item, index) => {
    const place = { id: String(index), line: index + 1 }
    if (!item.ok) {
      const nothing = { prediction: null, lower: null, upper: null, domainDistance: null }
      return { ...place, smiles: item.smiles, ...nothing, error: item.error.message }
    }
    const { smiles, prediction, lower, upper, domainDistance } = item.prediction
    return { ...place, smiles, prediction, lower, upper, domainDistance, error: null }
  })
}

/** RFC 4180. A cell that a spreadsheet would run as a formula is marked as text. */
export function listCsv(rows: readonly RankedRow[]): string {
  const lines = rows.map(row =>
    [row.smiles, row.prediction, row.lower, row.upper, row.domainDistance, row.error].map(csvCell).join(','),
  )
  return `${['smiles,prediction,lower,upper,domain_distance,error', ...lines].join('\r\n')}\r\n`
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
