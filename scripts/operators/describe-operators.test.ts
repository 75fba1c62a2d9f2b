import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeOperators } from './describe-operators.ts'

describe('docs/operators.md', () => {
  it('is what node scripts/make-operators.ts writes', () => {
    const file = join(import.meta.dirname, '..', '..', 'docs', 'operators.md')
    expect(readFileSync(file, 'utf8')).toBe(describeOperators())
  })

  it('tells ops that every provider runs from those that only the CPU has run', () => {
    const rows = describeOperators().split('\n')
    expect(rows).toContainEqual(expect.stringMatching(/^\| Gemm \| yes \| \d+ cases, 2e-8 \| Gemm \| all \|$/))
    expect(rows).toContainEqual(
      expect.stringMatching(/^\| IsNaN \| none: its output is a truth value \| – \| IsNaN \| CPU \|$/),
    )
  })
})
