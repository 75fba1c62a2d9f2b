/**
 * The reference problem of the training benchmark, written with the public API of src/tensor: a directed message-passing
 * network (Yang et al. 2019) on the graphs that make-batches.mjs writes.
 *
 * It computes what torch_dmpnn.py computes, arranged for the runtime:
 * - `Σ incoming − reverse` of a bond is one sum over the bonds that lead into it (`predecessors`), not two gathers and a difference;
 * - `[atom, message]·Wo` is `atom·Wo₁ + message·Wo₂`, and the atom half of `bond·Wi` is multiplied once per atom, not once per bond;
 * - a bond that nothing leads into gets no message, so the products with Wh leave it out (`inner`: the others, one bond in seven fewer);
 * - `bo` is the weight of a feature that is 1 for every atom but the padding row, which thereby stays zero without a mask.
 */
import { squaredError } from '../src/tensor/loss/regression.ts'
import { add, relu } from '../src/tensor/ops/elementwise.ts'
import { gatherSum } from '../src/tensor/ops/gather.ts'
import { reshape } from '../src/tensor/ops/layout.ts'
import { linear, matmul } from '../src/tensor/ops/linear.ts'
import type { OptimiserSpec } from '../src/tensor/optim/optimiser.ts'
import type { ParameterSpec } from '../src/tensor/parameters.ts'
import type { TrainingDefinition } from '../src/tensor/training-step.ts'

export const atomSize = 133
export const bondSize = 14
export const hidden = 300
const depth = 3
export const molecules = 64
/** A step may take its batch in parts (`buildTrainingStep`), whose tensors are smaller; which is fastest depends on the caches. */
export const arrangements = [1, 2, 4] as const

/** torch_dmpnn.py's parameters; a matrix that is used in two parts is two of ours. */
const parameters: readonly ParameterSpec[] = [
  { name: 'Wi.atom', shape: [atomSize, hidden], initialiser: 'he-uniform' },
  { name: 'Wi.bond', shape: [bondSize, hidden], initialiser: 'he-uniform' },
  { name: 'Wh', shape: [hidden, hidden], initialiser: 'he-uniform' },
  { name: 'Wo.atom', shape: [atomSize + 1, hidden], initialiser: 'he-uniform' }, // and bo
  { name: 'Wo.message', shape: [hidden, hidden], initialiser: 'he-uniform' },
  { name: 'W1', shape: [hidden, hidden], initialiser: 'he-uniform' },
  { name: 'b1', shape: [hidden], initialiser: 'zeros' },
  { name: 'W2', shape: [hidden, 1], initialiser: 'he-uniform' },
  { name: 'b2', shape: [1], initialiser: 'zeros' },
]

export const referenceOptimiser: OptimiserSpec = { kind: 'adam' }

export const referenceProblem = (parts: number): TrainingDefinition => ({
  parameters,
  inputs: [
    { name: 'atom', dtype: 'float32', shape: ['atoms', atomSize] },
    { name: 'atomAndOne', dtype: 'float32', shape: ['atoms', atomSize + 1] },
    { name: 'bond', dtype: 'float32', shape: ['bonds', bondSize] },
    { name: 'source', dtype: 'int64', shape: ['bonds'] },
    { name: 'outgoing', dtype: 'int64', shape: ['atoms', 'degree'] },
    { name: 'target', dtype: 'int64', shape: ['bonds'] },
    { name: 'incoming', dtype: 'int64', shape: ['atoms', 'degree'] },
    { name: 'predecessors', dtype: 'int64', shape: ['inner', 'degree-1'] },
    { name: 'successors', dtype: 'int64', shape: ['bonds', 'degree-1'] },
    { name: 'innerOf', dtype: 'int64', shape: ['bonds'] },
    { name: 'bondOf', dtype: 'int64', shape: ['inner'] },
    { name: 'atomsOf', dtype: 'int64', shape: [molecules / parts, 'moleculeSize'] },
    { name: 'moleculeOf', dtype: 'int64', shape: ['atoms'] },
  ],
  trainingInputs: [{ name: 'y', dtype: 'float32', shape: [molecules / parts] }],
  forward({ parameter, input }) {
    const perAtom = matmul(input('atom'), parameter('Wi.atom'))
    const ofSource = gatherSum(perAtom, { lists: input('source'), inverse: input('outgoing') })
    const h0 = add(ofSource, matmul(input('bond'), parameter('Wi.bond')))
    let h = relu(h0)
    for (let layer = 1; layer < depth; layer++) {
      const message = gatherSum(h, { lists: input('predecessors'), inverse: input('successors') })
      const changed = gatherSum(matmul(message, parameter('Wh')), { lists: input('innerOf'), inverse: input('bondOf') })
      h = relu(add(h0, changed))
    }
    const intoAtoms = gatherSum(h, { lists: input('incoming'), inverse: input('target') })
    const ofAtoms = matmul(input('atomAndOne'), parameter('Wo.atom'))
    const atoms = relu(add(ofAtoms, matmul(intoAtoms, parameter('Wo.message'))))
    const pooled = gatherSum(atoms, { lists: input('atomsOf'), inverse: input('moleculeOf') })
    const readout = relu(linear(pooled, parameter('W1'), parameter('b1')))
    return { prediction: reshape(linear(readout, parameter('W2'), parameter('b2')), [molecules / parts]) }
  },
  itemLoss: ({ output, input }) => squaredError(output('prediction'), input('y')),
  optimiser: referenceOptimiser,
})

/** The scalar `lossScale` of every step: the loss is the mean over the molecules. */
export const lossScale = 1 / molecules

/** What the step costs in matrix products as torch_dmpnn.py writes them; ours takes fewer. */
export const stepFlops = 5.3e9
