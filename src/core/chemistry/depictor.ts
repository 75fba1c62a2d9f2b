/** Drawings with a memory: a table that is scrolled back and forth asks for the same ones again. */
import { LRUCache } from 'lru-cache'
import { AppError } from '../../shared/errors.ts'
import type { ChemistryService } from './chemistry-service.ts'

export interface DepictRequest {
  smiles: string[]
  width: number
  height: number
  theme: 'light' | 'dark'
  /** [smiles][atoms] Drawings with weights are not remembered. */
  atomWeights?: number[][] | undefined
}

const CACHE_CHARACTERS = 32 * 1024 * 1024

/** SVG of each structure at its position, `null` where it cannot be read. */
export function createDepictor(chemistry: Pick<ChemistryService, 'depict'>) {
  // An unreadable structure is remembered as '', so that it is not parsed at every scroll.
  const cache = new LRUCache<string, string>({
    maxSize: CACHE_CHARACTERS,
    sizeCalculation: (svg, key) => svg.length + key.length,
  })

  async function drawWeighted({ smiles, atomWeights = [], ...size }: DepictRequest): Promise<(string | null)[]> {
    if (atomWeights.length !== smiles.length) {
      throw new AppError('ERR_2001', `${smiles.length} structures, weights of ${atomWeights.length}`, {
        path: 'atomWeights',
      })
    }
    const structures = smiles.map((one, i) => ({ smiles: one, atomWeights: atomWeights[i]! }))
    const items = await chemistry.depict({ structures, ...size })
    return items.map(item => (item.ok ? item.svg : null))
  }

  return async (request: DepictRequest): Promise<(string | null)[]> => {
    if (request.atomWeights !== undefined) return drawWeighted(request)
    const { smiles, width, height, theme } = request
    const keyOf = (one: string): string => `${width}x${height} ${theme} ${one}`
    const drawn = new Map<string, string>()
    for (const one of smiles) {
      const known = cache.get(keyOf(one))
      if (known !== undefined) drawn.set(one, known)
    }
    const missing = [...new Set(smiles)].filter(one => !drawn.has(one))
    if (missing.length > 0) {
      const items = await chemistry.depict({ structures: missing.map(one => ({ smiles: one })), width, height, theme })
      for (const [i, one] of missing.entries()) {
        const item = items[i]
        if (item === undefined) throw new Error(`${items.length} drawings for ${missing.length} structures`)
        const svg = item.ok ? item.svg : ''
        cache.set(keyOf(one), svg)
        drawn.set(one, svg)
      }
    }
    return smiles.map(one => drawn.get(one) || null)
  }
}
