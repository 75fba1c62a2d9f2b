import { describe, expect, it } from 'vitest'
import { Graph } from './graph.ts'
import { add, where } from './ops/elementwise.ts'
import { gatherSum } from './ops/gather.ts'
import { concat, expandLike, reshape, slice, split } from './ops/layout.ts'
import { gemm, matmul } from './ops/linear.ts'
import { broadcastShapes, normaliseAxes, sumDims } from './shape.ts'
import type { DType, Shape } from './types.ts'

const graph = new Graph()
let count = 0
const value = (shape: Shape, dtype: DType = 'float32') => graph.input(`x${count++}`, { dtype, shape })

describe('shapes', () => {
  it('broadcast as in NumPy, names with themselves and with 1', () => {
    expect(broadcastShapes(['n', 1, 3], [2, 1])).toEqual(['n', 2, 3])
    expect(broadcastShapes([], ['n'])).toEqual(['n'])
    expect(broadcastShapes([1, 'n'], ['m', 'n'])).toEqual(['m', 'n'])
    expect(() => broadcastShapes(['n', 3], ['m', 3])).toThrow('size n meets m')
    expect(() => broadcastShapes([2], [3])).toThrow('size 2 meets 3')
    expect(() => broadcastShapes(['n'], [3])).toThrow('size n meets 3')
  })

  it('add up named sizes by name', () => {
    expect(sumDims([2, 3])).toBe(5)
    expect(sumDims(['n', 2, 1])).toBe('n+3')
    expect(sumDims(['n', 0])).toBe('n')
  })

  it('count axes from either end, once', () => {
    expect(normaliseAxes([-1, 0], 3)).toEqual([0, 2])
    expect(() => normaliseAxes([0, -3], 3)).toThrow('twice')
    expect(() => normaliseAxes([3], 3)).toThrow('out of range')
  })
})

describe('ops refuse operands that do not fit, naming op and operands', () => {
  it.each([
    ['Add(float32[2], float32[3])', () => add(value([2]), value([3]))],
    ['Add(float32[2], float64[2]): expected float32', () => add(value([2]), value([2], 'float64'))],
    ['Gemm(float32[n, 3], float32[4, 2]): inner sizes differ', () => matmul(value(['n', 3]), value([4, 2]))],
    ['must broadcast to [2, 4]', () => gemm(value([2, 3]), value([3, 4]), { added: value([5, 2, 4]) })],
    ['MatMul(float32[2, 3, 4], float32[3, 4, 5]): cannot broadcast', () => matmul(value([2, 3, 4]), value([3, 4, 5]))],
    ['Where(float32[2], float32[2], float32[2]): expected bool', () => where(value([2]), value([2]), value([2]))],
    ['Concat(float32[n, 2], float32[m, 2]): all axes but 1', () => concat([value(['n', 2]), value(['m', 2])], 1)],
    ['sizes sum to 3, not 4', () => split(value([4]), 0, [1, 2])],
    ['the size of axis 0 must be known', () => slice(value(['n']), { axis: 0, start: 0, end: 1 })],
    ['[1, 5) is not within 4', () => slice(value([4]), { axis: 0, start: 1, end: 5 })],
    ['cannot regroup 6 elements', () => reshape(value([2, 3]), [4])],
    ['cannot tell the named sizes', () => reshape(value(['n', 'm']), ['m', 'n'])],
    ['size 3 meets 2', () => expandLike(value([3]), value(['n', 2]))],
    [
      'the inverse lists need one row per source row: m and n',
      () => gatherSum(value(['n', 2]), { lists: value(['m', 2], 'int64'), inverse: value(['m'], 'int64') }),
    ],
    [
      'expected an index tensor, got float32',
      () => gatherSum(value(['n', 2]), { lists: value(['m']), inverse: value(['n']) }),
    ],
  ])('%s', (message, build) => {
    expect(build).toThrow(message)
  })

  it('and operands of another graph', () => {
    expect(() => add(value([2]), new Graph().input('y', { dtype: 'float32', shape: [2] }))).toThrow('another graph')
  })
})
