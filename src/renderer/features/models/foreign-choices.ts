/** What is chosen in the dialog of a model made elsewhere, and what is asked of the application with it. Pure. */
import type { Dataset, Endpoint, Unit } from '../../../shared/contract/datasets.ts'
import { FINGERPRINT_BITS, type ForeignLook, type ForeignRequest, type Seen } from '../../../shared/contract/foreign.ts'

export interface ForeignChoices {
  name: string
  radius: 2 | 3
  bits: (typeof FINGERPRINT_BITS)[number]
  values: 'bits' | 'counts'
  chirality: boolean
  output: string
  scale: ScaleName
  endpoint: Endpoint
  target: string
  measuredId: string | null
  seen: Seen
  trainingId: string | null
}

/** Scales a model may answer on, the usual ones first. */
export const SCALES = {
  pX: { unit: 'pX', logarithm: false },
  nM: { unit: 'nM', logarithm: false },
  'log nM': { unit: 'nM', logarithm: true },
  uM: { unit: 'uM', logarithm: false },
  'log uM': { unit: 'uM', logarithm: true },
  M: { unit: 'M', logarithm: false },
  'log M': { unit: 'M', logarithm: true },
  'kcal/mol': { unit: 'kcal/mol', logarithm: false },
  'kJ/mol': { unit: 'kJ/mol', logarithm: false },
} as const satisfies Record<string, { unit: Unit; logarithm: boolean }>
export type ScaleName = keyof typeof SCALES

export function choicesOf(fileName: string, look: ForeignLook): ForeignChoices {
  return {
    name: fileName.replace(/\.onnx$/i, ''),
    radius: 2,
    bits: FINGERPRINT_BITS.find(bits => bits === look.input.width) ?? 2048,
    values: 'bits',
    chirality: false,
    output: look.outputs[0] ?? '',
    scale: 'pX',
    endpoint: 'Ki',
    target: '',
    measuredId: null,
    seen: 'unknown',
    trainingId: null,
  }
}

export function requestOf(uploadId: string, choices: ForeignChoices): ForeignRequest {
  const { name, radius, bits, values, chirality, output, scale, endpoint, target } = choices
  return {
    uploadId,
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    fingerprint: { kind: 'morgan', radius, bits, values, chirality },
    output,
    scale: SCALES[scale],
    endpoint,
    target: target.trim() === '' ? null : target.trim(),
    measured: choices.measuredId === null ? null : { datasetId: choices.measuredId, seen: choices.seen },
    trainingDatasetId: choices.trainingId,
  }
}

/** Data sets that measure what the model predicts. */
export function usableData(datasets: readonly Dataset[], endpoint: Endpoint): Dataset[] {
  return datasets.filter(dataset => dataset.state === 'ready' && dataset.endpoint === endpoint)
}
