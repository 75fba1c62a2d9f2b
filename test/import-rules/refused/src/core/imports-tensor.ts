// src/core may import shared, chem, recipes and node
import { Graph } from '../tensor/graph.ts'

export { Graph }
