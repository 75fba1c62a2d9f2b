// src/node may import shared
import { molecule } from '../chem/molecule.ts'

export { molecule }
