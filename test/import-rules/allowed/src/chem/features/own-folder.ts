import { molecule } from '../molecule.ts'
import { records } from './records.ts'

export { molecule, records }
