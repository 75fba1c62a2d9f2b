/** Tries a model made elsewhere on compounds that everybody knows, before it is believed about any other. */
import { decodeRecord } from '../../../chem/features/feature-record.ts'
import { unpackRecords } from '../../../chem/features/record-block.ts'
import type { FeatureRecord } from '../../../chem/features/sections.ts'
import {
  ForeignOutputError,
  type ForeignServing,
  predictForeign,
  sectionOfFingerprint,
} from '../../../recipes/serving/foreign-model.ts'
import { type RunModel, recordsInMemory } from '../../../recipes/serving/predict-records.ts'
import { PLAUSIBLE_PX } from '../../../shared/affinity.ts'
import type { ForeignCard } from '../../../shared/contract/foreign.ts'
import type { ForeignTask } from '../../../shared/inspector-protocol.ts'
import { refusal } from '../refuse.ts'

/** Log units that lie between two runs of the same thing on float32. */
const SAME = 1e-3

export type Probed = Pick<ForeignCard, 'probes' | 'doubts'>

/** ERR_7005: it cannot run, does not give one number a compound, gives other numbers the second time, alone, or on no known scale. */
export async function probeForeign(
  model: ForeignServing,
  { probes, probeRecords }: Pick<ForeignTask, 'probes' | 'probeRecords'>,
  { run, part }: { run: RunModel; part: string },
): Promise<Probed> {
  const section = sectionOfFingerprint(model.input)
  const records = unpackRecords(probeRecords).map(bytes => decodeRecord(bytes!, [section]) as FeatureRecord)
  const refuse = (rule: string, message: string, cause?: unknown) =>
    refusal('ERR_7005', { rule, part, message, ...(cause === undefined ? {} : { cause }) })
  const predict = async (of: readonly FeatureRecord[]): Promise<Float32Array> => {
    try {
      return await predictForeign(model, recordsInMemory(of), run)
    } catch (error) {
      if (error instanceof ForeignOutputError) throw refuse('foreign.output', error.message, error)
      const message = error instanceof Error ? error.message : String(error)
      throw refuse('foreign.run', `it cannot predict ${probes[0]?.name}: ${message}`, error)
    }
  }
  const together = await predict(records)
  const again = await predict(records)
  const alone: number[] = []
  for (const record of records) alone.push((await predict([record]))[0]!)
  for (const [i, { name }] of probes.entries()) {
    const [first, second, own] = [together[i]!, again[i]!, alone[i]!]
    if (differs(first, second)) {
      throw refuse('foreign.random', `it predicts ${first} for ${name} and, asked again, ${second}`)
    }
    if (differs(first, own)) {
      throw refuse('foreign.batch', `it predicts ${first} for ${name} among others and ${own} for it alone`)
    }
  }
  const values = Array.from(together, value => (Number.isFinite(value) ? value : null))
  const isPlausible = (value: number | null): boolean =>
    value !== null && value >= PLAUSIBLE_PX.min && value <= PLAUSIBLE_PX.max
  if (!values.some(isPlausible)) {
    const { unit, logarithm } = model.output
    const scale = logarithm ? `log10 of ${unit}` : unit
    const message = `read as ${scale}, what it predicts for ${probes[0]?.name} is a pX of ${together[0]}: is its scale another?`
    throw refuse('foreign.scale', message)
  }
  const found = values.filter(value => value !== null)
  return {
    probes: probes.map(({ name, smiles }, i) => ({ name, smiles, pX: values[i]! })),
    doubts: [
      ...(values.every(isPlausible) ? [] : (['implausible'] as const)),
      ...(found.length > 1 && found.every(value => !differs(value, found[0]!)) ? (['constant'] as const) : []),
    ],
  }
}

function differs(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return false
  return !(Math.abs(a - b) <= SAME * Math.max(1, Math.abs(a)))
}
