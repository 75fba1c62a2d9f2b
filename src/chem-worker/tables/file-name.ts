import { parseEndpoint } from '../../shared/affinity.ts'
import type { Endpoint } from '../../shared/contract/datasets.ts'

/** `CHEMBL204_Ki.csv`, `thrombin-IC50.tsv`; `null` where no part of the name, or more than one, is an endpoint. */
export function endpointInFileName(fileName: string): Endpoint | null {
  const words = fileName.replace(/\.[^.]*$/, '').split(/[\s_\-.,()[\]]+/)
  const endpoints = new Set(words.map(parseEndpoint).filter(endpoint => endpoint !== null))
  return endpoints.size === 1 ? [...endpoints][0]! : null
}
