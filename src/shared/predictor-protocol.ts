/**
 * What the host and the predictor say to each other. Features come encoded from the chemistry worker, never raw SMILES; bytes travel
 * as typed arrays. Commands are obeyed in the order in which they come.
 */
import type { RecordBlock } from './chem-protocol.ts'
import type { ErrorBody } from './errors.ts'

export interface PredictRequest {
  type: 'predict'
  requestId: number
  /** Folder with card.json, model.onnx and domain.bin. */
  modelFolder: string
  /** Feature records in the layout of `chem/features/feature-record.ts`, one a compound. */
  records: RecordBlock
  /** How many nearest training compounds to name. */
  nearest: number
}
export type PredictorCommand =
  | PredictRequest
  /** Loads a model before it is needed. */
  | { type: 'load'; requestId: number; modelFolder: string }
  | { type: 'unload'; modelFolder: string }

export interface NearestCompound {
  smiles: string
  similarity: number
  pX: number
}

/** Numbers of a compound in `PredictedBlock.values`, in this order, in pX units; not a number where the model has none. */
export const VALUE_COLUMNS = ['prediction', 'lower', 'upper', 'domainDistance'] as const

export interface PredictedBlock {
  /** [compounds, 4]; not a number where there was no record or the model gave no number. */
  values: Float64Array
  /** [compounds] the most similar training compounds, best first; empty where none were asked for. */
  nearest: NearestCompound[][]
}

/** Prediction and interval in pX units; `null` where the model has no interval or no domain. */
export interface PredictedValue {
  prediction: number
  lower: number | null
  upper: number | null
  domainDistance: number | null
  nearest: NearestCompound[]
}

/** What the process holds and how often it had what was asked for. */
export interface PredictorStats {
  models: { folder: string; sizeBytes: number }[]
  hits: number
  misses: number
  evictions: number
}

export type PredictorMessage =
  | { type: 'ready'; pid: number }
  /** Every `HEARTBEAT_MS`, and when another model has been loaded. */
  | { type: 'heartbeat'; stats: PredictorStats }
  | ({ type: 'predicted'; requestId: number } & PredictedBlock)
  | { type: 'loaded'; requestId: number }
  | { type: 'failed'; requestId: number; error: ErrorBody }

export const HEARTBEAT_MS = 5_000
