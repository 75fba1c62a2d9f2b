// src/core may import shared, chem, recipes and node
import { loop } from '../../trainer/train-loop.ts'

export { loop }
