// src/trainer may import shared, chem, tensor, recipes and node
export { store } from '../core/store/store.ts'
