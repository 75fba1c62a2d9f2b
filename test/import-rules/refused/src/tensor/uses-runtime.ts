// src/tensor may use no package and no Node
import { InferenceSession } from 'onnxruntime-node'

export { InferenceSession }
