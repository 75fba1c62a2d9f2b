/** `register-model FILE`: an ONNX file that something else has made. */
import path from 'node:path'
import type { Endpoint, Unit } from '../../shared/contract/datasets.ts'
import { type FINGERPRINT_BITS, fingerprintName, type Seen } from '../../shared/contract/foreign.ts'
import type { Model } from '../../shared/contract/models.ts'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import { findByNameOrId } from '../find.ts'
import { formatPX } from '../format.ts'
import { type CommandContext, withSession } from '../session.ts'

export interface RegisterModelOptions {
  name?: string
  versionOf?: string
  radius: 2 | 3
  bits: (typeof FINGERPRINT_BITS)[number]
  counts?: boolean
  chirality?: boolean
  endpoint: Endpoint
  target?: string
  unit: Unit
  log?: boolean
  output?: string
  measured?: string
  seen: Seen
  training?: string
}

export async function registerModel(
  file: string,
  options: RegisterModelOptions,
  context: CommandContext,
): Promise<void> {
  await withSession(context, async session => {
    const { client, terminal } = session
    const datasets = await client.datasets.list()
    const dataset = (name: string) => findByNameOrId(datasets, name, 'ERR_3001').id
    const { name, output, versionOf } = options
    const uploadId = await session.registerFile(path.resolve(file), path.basename(file))
    const events = await client.registry.registerForeign({
      uploadId,
      ...(name === undefined ? {} : { name }),
      ...(output === undefined ? {} : { output }),
      ...(versionOf === undefined
        ? {}
        : { versionOf: findByNameOrId(await client.models.list(), versionOf, 'ERR_3003').id }),
      fingerprint: {
        kind: 'morgan',
        radius: options.radius,
        bits: options.bits,
        values: options.counts ? 'counts' : 'bits',
        chirality: options.chirality ?? false,
      },
      scale: { unit: options.unit, logarithm: options.log ?? false },
      endpoint: options.endpoint,
      target: options.target ?? null,
      measured: options.measured === undefined ? null : { datasetId: dataset(options.measured), seen: options.seen },
      trainingDatasetId: options.training === undefined ? null : dataset(options.training),
    })
    let model: Model | null = null
    let told = -1
    for await (const event of events) {
      if (event.type === 'failed') throw AppError.fromBody(event.error as ErrorBody)
      if (event.type === 'taken') model = event.model
      else if (Math.floor(10 * event.share) > told) {
        told = Math.floor(10 * event.share)
        terminal.note(`${event.stage} ${Math.round(100 * event.share)} %`)
      }
    }
    if (model === null) throw new Error('registering a model ended without one')
    const { card } = await client.models.get({ id: model.id })
    if (card.format !== 'bindery-foreign-1') throw new Error('a model made elsewhere has another card')
    const { probes, doubts, measured, conformal } = card
    const interval = conformal === null ? 'no interval' : `90 % interval ± ${conformal.halfWidth.toFixed(2)}`
    const judged =
      measured === null
        ? 'not judged: it was given no measured compounds'
        : `RMSE ${formatPX(measured.metrics.rmse)} on ${measured.metrics.n} compounds (seen in training: ${measured.seen}), ${interval}`
    terminal.result({ model, probes, doubts, measured, conformal }, [
      `${model.id}  ${model.name}  made elsewhere, reads ${fingerprintName(card.input)}`,
      judged,
      ...probes.map(probe => `${probe.name}: ${formatPX(probe.pX)}`),
      ...doubts.map(doubt => `look twice: ${doubt}`),
    ])
  })
}
