/** What the address says about which rows are looked at. Pure. */
import type { Relation, RowFilter } from '../../../shared/contract/datasets.ts'
import type { StructureSearch } from '../../../shared/contract/explore.ts'

/** Parameters of the address; all start with `r`, so that they do not meet those of other lists. */
export const ROW_PARAMS = ['rq', 'rmode', 'rs', 'rt', 'rmin', 'rmax', 'rrel', 'rsplit', 'rsc', 'rarea'] as const
export type RowParams = Readonly<Record<string, string>>
export type SearchMode = 'text' | 'substructure' | 'similarity'
export const SEARCH_MODES: readonly SearchMode[] = ['text', 'substructure', 'similarity']
export const DEFAULT_THRESHOLD = 0.5

/** Stands for what has no value: compounds without rings, rows outside of every part of a split. */
export const NOTHING = '-'

/** What an operator of the concentration says about the compound. */
export const RELATION_GROUPS = {
  exact: ['=', '~'],
  weaker: ['>', '>='],
  stronger: ['<', '<='],
} as const satisfies Record<string, readonly Relation[]>
export type RelationGroup = keyof typeof RELATION_GROUPS

export function modeOf(params: RowParams): SearchMode {
  return SEARCH_MODES.find(mode => mode === params.rmode) ?? 'text'
}

export function thresholdOf(params: RowParams): number {
  const value = Number(params.rt)
  return params.rt && value >= 0.05 && value <= 1 ? value : DEFAULT_THRESHOLD
}

/** Everything but the search by structure. What cannot be read counts as not said. */
export function filterOf(params: RowParams): Partial<Omit<RowFilter, 'searchId'>> {
  const group = Object.hasOwn(RELATION_GROUPS, params.rrel ?? '') ? (params.rrel as RelationGroup) : null
  return {
    search: params.rq ?? '',
    minPX: numberOf(params.rmin),
    maxPX: numberOf(params.rmax),
    relations: group === null ? [] : [...RELATION_GROUPS[group]],
    splits: params.rsplit === undefined ? [] : [params.rsplit === NOTHING ? null : params.rsplit],
    scaffold: params.rsc === undefined ? null : params.rsc === NOTHING ? '' : params.rsc,
  }
}

export function searchOf(params: RowParams): StructureSearch | null {
  const polygon = parsePolygon(params.rarea)
  if (polygon !== null) return { kind: 'area', polygon }
  const text = params.rs?.trim() ?? ''
  if (text === '') return null
  const mode = modeOf(params)
  if (mode === 'substructure') return { kind: 'substructure', pattern: text }
  if (mode === 'similarity') return { kind: 'similarity', smiles: text, threshold: thresholdOf(params) }
  return null
}

export function isFiltered(params: RowParams): boolean {
  return ROW_PARAMS.some(name => name !== 'rmode' && name !== 'rt' && (params[name] ?? '') !== '')
}

/** Parameters that take every condition away. */
export function cleared(): Record<string, string> {
  return Object.fromEntries(ROW_PARAMS.map(name => [name, '']))
}

export function formatPolygon(polygon: readonly (readonly [number, number])[]): string {
  return polygon.map(([x, y]) => `${round(x)},${round(y)}`).join('_')
}

export function parsePolygon(text: string | undefined): [number, number][] | null {
  if (!text) return null
  const corners = text.split('_').map(corner => corner.split(',').map(Number))
  const isSound = corners.length >= 3 && corners.every(corner => corner.length === 2 && corner.every(Number.isFinite))
  return isSound ? (corners as [number, number][]) : null
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4
}
