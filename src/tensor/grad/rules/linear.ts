import type { Value } from '../../graph.ts'
import { mul } from '../../ops/elementwise.ts'
import { transpose } from '../../ops/layout.ts'
import { gemm, matmul } from '../../ops/linear.ts'
import { type Rules, rule, unbroadcast } from '../rule.ts'

function swapLastAxes(x: Value): Value {
  const rank = x.shape.length
  return transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2])
}

export const linearRules: Rules<'MatMul' | 'Gemm'> = {
  MatMul: rule(({ inputs: [a, b] }, g) => [
    () => unbroadcast(matmul(g, swapLastAxes(b!)), a!),
    () => unbroadcast(matmul(swapLastAxes(a!), g), b!),
  ]),
  // Y = alpha op(A) op(B) + beta C: transposition is folded into the gradient products, which cost nothing extra
  Gemm: rule(({ inputs: [a, b, c], attributes: { transA, transB, alpha, beta } }, g) => [
    () =>
      transA
        ? gemm(b!, g, { transA: transB, transB: true, alpha })
        : gemm(g, b!, { transA: false, transB: !transB, alpha }),
    () => (transB ? gemm(g, a!, { transA: true, transB: transA, alpha }) : gemm(a!, g, { transA: !transA, alpha })),
    () => unbroadcast(beta === 1 ? g : mul(g, beta), c!),
  ]),
}
