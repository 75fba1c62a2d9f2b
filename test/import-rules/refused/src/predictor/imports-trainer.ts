// src/predictor may import shared, chem, tensor, recipes and node
export { loop } from '../trainer/train-loop.ts'
