// src/recipes may import shared, chem and tensor
import { writeAtomically } from '../node/atomic-write.ts'

export { writeAtomically }
