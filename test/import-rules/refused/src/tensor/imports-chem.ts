// src/tensor may import nothing outside its own folder
import { molecule } from '../chem/molecule.ts'

export { molecule }
