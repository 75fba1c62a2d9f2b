/**
 * Writes docs/operators.md: every op of src/tensor with its gradient, how that is checked, and where it has been run.
 *
 *   node scripts/make-operators.ts
 *
 * A test fails where the file is not what this writes.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeOperators } from './operators/describe-operators.ts'

writeFileSync(join(import.meta.dirname, '..', 'docs', 'operators.md'), describeOperators())
