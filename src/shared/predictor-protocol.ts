/** What the host and the predictor say to each other. Features come encoded from the chemistry worker, never raw SMILES. */
import type { ErrorBody } from './errors.ts'

export interface PredictRequest {
  type: 'predict'
  requestId: number
  /** Folder with card.json, model.onnx and domain.bin. */
  modelFolder: string
  /** Feature records in the layout of `chem/features/feature-record.ts`, one a compound. */
  records: Uint8Array[]
  /** How many nearest training compounds to name. */
  nearest: number
}
export type PredictorCommand = PredictRequest | { type: 'unload'; modelFolder: string }

/** Prediction and interval in pX units; `nearest` are positions in the model's training set. */
export interface PredictedValue {
  prediction: number
  lower: number
  upper: number
  domainDistance: number
  nearest: { smiles: string; similarity: number; pX: number }[]
}
export type PredictorMessage =
  | { type: 'ready'; pid: number }
  | { type: 'predicted'; requestId: number; values: PredictedValue[] }
  | { type: 'failed'; requestId: number; error: ErrorBody }
