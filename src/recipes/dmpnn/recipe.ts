import type { CountSectionName, FeatureRecord, SectionName } from '../../chem/features/sections.ts'
import { dropoutMask } from '../../tensor/random.ts'
import type { BatchLabels, Draw, GradientModel, Recipe } from '../recipe.ts'
import type { SettingValues } from '../settings.ts'
import type { BatchTensors, TensorData } from '../tensor-data.ts'
import { dmpnnModel, dmpnnTraining, dropoutInputs } from './architecture.ts'
import { assembleFingerprints, assembleGraphs, float32 } from './batch.ts'
import { type DmpnnSettings, dmpnnSettings } from './settings.ts'
import { cutBatch } from './split-batch.ts'

/** Beside the molecule's learned vector; their order is part of every stored model. */
const FINGERPRINTS = ['morgan-count-r2-chiral', 'atom-pairs', 'torsions'] as const satisfies readonly CountSectionName[]
export const DMPNN_SECTIONS: readonly SectionName[] = ['graph.chemprop-v1', ...FINGERPRINTS]

export const dmpnnRecipe: Recipe = {
  name: 'dmpnn',
  settings: dmpnnSettings,
  sections: DMPNN_SECTIONS,
  createParts: settings => ({
    network: createDmpnn(settings as SettingValues & DmpnnSettings),
    process: null,
    oneHoldOut: false,
  }),
}

export function createDmpnn(settings: DmpnnSettings): GradientModel {
  const assemble = (records: readonly FeatureRecord[]): BatchTensors => {
    const molecules = records.map(record => ({
      graph: record['graph.chemprop-v1'],
      fingerprints: FINGERPRINTS.map(name => record[name]),
    }))
    const graphs = assembleGraphs(molecules)
    if (settings.fingerprintColumns === 0) return graphs
    const shape = { rows: outputRows(graphs), columns: settings.fingerprintColumns }
    return { ...graphs, fingerprint: assembleFingerprints(molecules, shape) }
  }
  return {
    plan: settings,
    evaluation: dmpnnModel(settings),
    training: dmpnnTraining(settings),
    firstRow: 1,
    assemble,
    outputRows,
    cutTraining: cutBatch,
    assembleTraining: (records, labels, draw) => {
      const inputs = assemble(records)
      const rows = outputRows(inputs)
      return {
        ...inputs,
        ...labelTensors(labels, rows),
        ...dropoutTensors(settings, rows, draw),
        ...droppedFingerprint(inputs.fingerprint, settings.fingerprintDropout, draw),
      }
    },
  }
}

function outputRows(inputs: BatchTensors): number {
  return inputs.atomsOf!.dims[0]!
}

/** Rows without a molecule have weight 0. */
function labelTensors({ values, bounds }: BatchLabels, rows: number): BatchTensors {
  const [label, relation, weight] = [new Float32Array(rows), new Float32Array(rows), new Float32Array(rows)]
  for (let i = 0; i < values.length; i++) {
    label[i + 1] = values[i]!
    relation[i + 1] = bounds[i]!
    weight[i + 1] = 1
  }
  return { label: float32(label, [rows]), relation: float32(relation, [rows]), weight: float32(weight, [rows]) }
}

/** Draws for the columns that are not zero only: a fortieth of them. */
function droppedFingerprint(
  fingerprint: TensorData | undefined,
  rate: number,
  { seed, member, step }: Draw,
): BatchTensors {
  if (!fingerprint || rate === 0) return {}
  const data = new Float32Array(fingerprint.data)
  const filled = data.reduce((count, value) => (value === 0 ? count : count + 1), 0)
  const mask = dropoutMask({ seed, stream: `fingerprintDropout ${member}`, step }, { count: filled, rate })
  let drawn = 0
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) data[i]! *= mask[drawn++]!
  return { fingerprint: float32(data, fingerprint.dims) }
}

function dropoutTensors(settings: DmpnnSettings, rows: number, { seed, member, step }: Draw): BatchTensors {
  const masks = dropoutInputs(settings).map(({ name, shape }) => {
    const key = { seed, stream: `${name} ${member}`, step }
    const columns = shape[1]
    return [
      name,
      float32(dropoutMask(key, { count: rows * columns, rate: settings.dropout }), [rows, columns]),
    ] as const
  })
  return Object.fromEntries(masks)
}
