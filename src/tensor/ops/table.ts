import type { OpTable } from './definition.ts'
import { elementwiseOps } from './elementwise.ts'
import { gatherOps } from './gather.ts'
import { layoutOps } from './layout.ts'
import { linearOps } from './linear.ts'
import { reduceOps } from './reduce.ts'

/** Every op: how its output types follow from its operands, and how it is written as ONNX. */
export const opTable: OpTable = { ...elementwiseOps, ...linearOps, ...reduceOps, ...layoutOps, ...gatherOps }
