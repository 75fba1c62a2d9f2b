// src/cli may import core, node
import { molecule } from '../chem/molecule.ts'

export { molecule }
