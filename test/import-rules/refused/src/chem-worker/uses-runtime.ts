// src/chem-worker may use
import { InferenceSession } from 'onnxruntime-node'

export { InferenceSession }
