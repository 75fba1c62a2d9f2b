/**
 * Directed message passing on bonds (D-MPNN; Yang et al. 2019, J. Chem. Inf. Model. 59, 3370), with the molecule's count fingerprint
 * beside its learned vector (their "additional features").
 */
import { chempropV1 } from '../../chem/features/chemprop-v1.ts'
import type { Value } from '../../tensor/graph.ts'
import { censoredSquaredError } from '../../tensor/loss/regression.ts'
import type { ForwardContext, InputSpec, ModelDefinition } from '../../tensor/model-definition.ts'
import { add, mul, relu, sub } from '../../tensor/ops/elementwise.ts'
import { gatherSum } from '../../tensor/ops/gather.ts'
import { concat, reshape } from '../../tensor/ops/layout.ts'
import { linear, matmul } from '../../tensor/ops/linear.ts'
import type { ParameterSpec } from '../../tensor/parameters.ts'
import type { TrainingDefinition } from '../../tensor/training-step.ts'
import type { DmpnnSettings } from './settings.ts'

const { atomWidth, bondWidth } = chempropV1

/** The model for evaluation: `prediction` [molecules], in units of the standardised labels. Row 0 is padding. */
export function dmpnnModel(settings: DmpnnSettings): ModelDefinition {
  return {
    parameters: parameters(settings),
    inputs: inputs(settings),
    forward: context => ({ prediction: forward(context, settings) }),
  }
}

/**
 * The same with its loss: squared error, one-sided for bounds. Training inputs: `label`, `relation` [molecules] (−1: the true value is
 * below the label, +1: above, 0: exact), and the dropout masks where there is dropout.
 */
export function dmpnnTraining(settings: DmpnnSettings): TrainingDefinition {
  return {
    ...dmpnnModel(settings),
    trainingInputs: [
      { name: 'label', dtype: 'float32', shape: ['molecules'] },
      { name: 'relation', dtype: 'float32', shape: ['molecules'] },
      ...dropoutInputs(settings),
    ],
    itemLoss: ({ output, input }) => censoredSquaredError(output('prediction'), input('label'), input('relation')),
    optimiser: { kind: 'adamw', weightDecay: settings.weightDecay },
    clipNorm: settings.clipNorm,
    ema: settings.emaDecay > 0,
  }
}

/** Masks that training multiplies with, [molecules, width of the layer]; made outside so that a resumed run repeats them. */
export function dropoutInputs(settings: DmpnnSettings): (InputSpec & { readonly shape: readonly [string, number] })[] {
  if (settings.dropout === 0) return []
  return [
    { name: 'moleculeDropout', dtype: 'float32', shape: ['molecules', settings.hidden] },
    { name: 'headDropout', dtype: 'float32', shape: ['molecules', settings.headHidden] },
  ]
}

function parameters({ hidden, headHidden, fingerprintColumns }: DmpnnSettings): ParameterSpec[] {
  const weight = (name: string, rows: number, columns: number) =>
    ({ name, shape: [rows, columns], initialiser: 'glorot-normal' }) as const
  const bias = (name: string, columns: number) => ({ name, shape: [columns], initialiser: 'zeros' }) as const
  return [
    weight('atomToMessage', atomWidth, hidden),
    weight('bondToMessage', bondWidth, hidden),
    weight('message', hidden, hidden),
    weight('atomToAtom', atomWidth + hidden, hidden),
    bias('atomBias', hidden),
    weight('head', hidden, headHidden),
    ...(fingerprintColumns === 0 ? [] : [weight('fingerprintToHead', fingerprintColumns, headHidden)]),
    bias('headBias', headHidden),
    // Small: the first predictions are the mean of the labels, and nothing random has to be unlearned.
    { name: 'out', shape: [headHidden, 1], initialiser: { kind: 'normal', deviation: 0.01 } },
    bias('outBias', 1),
  ]
}

function inputs({ fingerprintColumns }: DmpnnSettings): InputSpec[] {
  const index = (name: string, ...shape: string[]) => ({ name, dtype: 'int32', shape }) as const
  const float = (name: string, rows: string, columns: number) =>
    ({ name, dtype: 'float32', shape: [rows, columns] }) as const
  return [
    float('atom', 'atoms', atomWidth),
    float('bond', 'bonds', bondWidth),
    float('realAtom', 'atoms', 1),
    index('source', 'bonds'),
    index('target', 'bonds'),
    index('reverse', 'bonds'),
    index('incoming', 'atoms', 'degree'),
    index('outgoing', 'atoms', 'degree'),
    index('atomsOf', 'molecules', 'width'),
    index('moleculeOf', 'atoms'),
    ...(fingerprintColumns === 0 ? [] : [float('fingerprint', 'molecules', fingerprintColumns)]),
  ]
}

function forward(context: ForwardContext, settings: DmpnnSettings): Value {
  const molecule = encodeMolecules(context, settings) // [molecules, hidden]
  const { parameter, input } = context
  const kept = dropped(context, molecule, 'moleculeDropout', settings)
  const fromGraph = linear(kept, parameter('head'), parameter('headBias'))
  const fromBoth =
    settings.fingerprintColumns === 0
      ? fromGraph
      : add(fromGraph, matmul(input('fingerprint'), parameter('fingerprintToHead')))
  const head = dropped(context, relu(fromBoth), 'headDropout', settings) // [molecules, headHidden]
  return reshape(linear(head, parameter('out'), parameter('outBias')), ['molecules'])
}

/** Message passing and readout: the sum of a molecule's atom vectors over `aggregationNorm`. */
function encodeMolecules({ parameter, input }: ForwardContext, { depth, aggregationNorm }: DmpnnSettings): Value {
  const fromSource = { lists: input('source'), inverse: input('outgoing') }
  const intoAtom = { lists: input('incoming'), inverse: input('target') }
  const back = { lists: input('reverse'), inverse: input('reverse') }
  const atom = input('atom')

  // W·[atom, bond] of the paper in two parts, the larger one once an atom instead of once a bond.
  const initial = add(
    gatherSum(matmul(atom, parameter('atomToMessage')), fromSource),
    matmul(input('bond'), parameter('bondToMessage')),
  ) // [bonds, hidden]
  let message = relu(initial)
  for (let step = 1; step < depth; step++) {
    const arriving = gatherSum(gatherSum(message, intoAtom), fromSource)
    const others = sub(arriving, gatherSum(message, back)) // every bond into the source but the reverse one
    message = relu(add(initial, matmul(others, parameter('message'))))
  }
  const seen = concat([atom, gatherSum(message, intoAtom)], 1)
  const hidden = relu(linear(seen, parameter('atomToAtom'), parameter('atomBias')))
  const real = mul(hidden, input('realAtom')) // the bias has made the padding rows non-zero
  return mul(gatherSum(real, { lists: input('atomsOf'), inverse: input('moleculeOf') }), 1 / aggregationNorm)
}

function dropped({ training, input }: ForwardContext, x: Value, mask: string, { dropout }: DmpnnSettings): Value {
  return training && dropout > 0 ? mul(x, input(mask)) : x
}
