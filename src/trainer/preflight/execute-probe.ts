/** Instead of a run: measures what one would cost, on a sample of its rows. */
import type { ProbeRequest } from '../../shared/probe-profile.ts'
import type { TrainerMessage } from '../../shared/trainer-protocol.ts'
import type { Control } from '../control.ts'
import { openFeatureTable } from '../feature-table.ts'
import { StopSignal } from '../member.ts'
import { readRunConfig } from '../run-config.ts'
import { measureNetwork, peakBytes } from './measure-network.ts'
import { measureProcess } from './measure-process.ts'

/** How many batch sizes are measured at most, about: doubling from 16 to 4,096 and halving in between. */
const SIZES = 12

interface ProbeLinks {
  readonly tell: (message: TrainerMessage) => void
  readonly control: Control
}

/** Tells `probed` at the end, `stopped` where it was asked to stop; a failure is thrown. */
export async function executeProbe(runFolder: string, request: ProbeRequest, { tell, control }: ProbeLinks) {
  const config = await readRunConfig(runFolder)
  const { spec, parts } = config
  const table = openFeatureTable(spec.featureFile, config.recipe.sections, spec.rows.y.length)
  const isStopping = () => control.stopRequest !== null
  const steps = { process: parts.process && request.processRows > 0 ? 1 : 0, network: request.fitBatch ? SIZES : 1 }
  const total = steps.process + (parts.network ? steps.network : 0)
  const progress = (done: number) => tell({ type: 'probing', done: Math.min(done, total), total })
  try {
    const refused = new Set(table.refusals.map(({ row }) => row))
    const task = { config, table, rows: [...spec.rows.y.keys()].filter(row => !refused.has(row)), isStopping }
    progress(0)
    const baseBytes = peakBytes()
    const { fitBatch, largestBatch, memoryBytes, processRows } = request
    // In the order of a run: what a process leaves of memory is there when the network comes.
    const process =
      parts.process && processRows > 0
        ? await measureProcess({ ...task, process: parts.process, learned: processRows })
        : null
    const measured = (sizes: number) => progress(steps.process + sizes)
    const network =
      parts.network && (await measureNetwork({ ...task, fitBatch, largestBatch, memoryBytes, progress: measured }))
    if (isStopping()) throw new StopSignal('asked to stop')
    progress(total)
    tell({ type: 'probed', profile: { baseBytes, network, process } })
  } catch (error) {
    if (!(error instanceof StopSignal)) throw error
    tell({ type: 'stopped', by: control.stopRequest ?? 'cancel', step: 0, hasCheckpoint: false })
  } finally {
    table.close()
  }
}
