/**
 * The same number everywhere: what the trainer has evaluated is what the predictor answers, to the last bit, and what another ONNX Runtime
 * (WebAssembly, from another package) makes of model.onnx within 1e-5, relative to values above 1. Over every recipe.
 */
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import * as web from 'onnxruntime-web'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeRecord } from '../../src/chem/features/feature-record.ts'
import type { FeatureRecord } from '../../src/chem/features/sections.ts'
import type { HostTensor } from '../../src/node/ort-session.ts'
import { PredictorProcess } from '../../src/predictor/fixtures/predictor-process.ts'
import { type LoadedModel, loadModel } from '../../src/predictor/loaded-model.ts'
import { decodeFeatureRows } from '../../src/recipes/serving/feature-rows.ts'
import { type RunModel, recordsInMemory } from '../../src/recipes/serving/predict-records.ts'
import { recipeSchema } from '../../src/shared/contract/jobs.ts'
import { trainedCard } from '../../src/shared/contract/models.ts'
import { createRunFolder, trainToEnd } from '../../src/trainer/fixtures/run-folder.ts'

describe.each(recipeSchema.options)('a model of the recipe %s', { timeout: 120_000 }, recipe => {
  let folder: string
  let model: LoadedModel
  let holdout: FeatureRecord[]
  let evaluated: number[]

  beforeAll(async () => {
    // More than one batch of test rows, the last of them not full.
    folder = createRunFolder({ recipe, rows: 420 }).folder
    await trainToEnd(folder)
    model = await loadModel(folder)
    holdout = decodeFeatureRows(readFileSync(path.join(folder, 'holdout.bin')), model.sections) as FeatureRecord[]
    const points = model.card.parity.filter(({ part }) => part === 'test')
    evaluated = points.map(({ predicted }) => predicted)
    expect(points.map(({ row }) => row)).toEqual(trainedCard(model.card).split.test)
    expect(holdout.length).toBeGreaterThan(64)
  }, 240_000)
  afterAll(async () => {
    await model.session.release()
    rmSync(folder, { recursive: true, force: true })
  })

  it('predicts what was evaluated, to the last bit', async () => {
    const predictor = new PredictorProcess()
    try {
      const values = await predictor.values(
        folder,
        holdout.map(record => encodeRecord(record, model.sections)),
      )
      expect(values.map(({ prediction }) => prediction)).toEqual(evaluated)
    } finally {
      predictor.child.disconnect()
    }
  })

  it('gives another runtime the same values within 1e-5, relative above 1', async () => {
    web.env.wasm.numThreads = 1
    const session = await web.InferenceSession.create(readFileSync(path.join(folder, 'model.onnx')))
    const run: RunModel = batch => session.run(webTensors(session.inputNames, batch))
    const { prediction } = await model.answer(recordsInMemory(holdout), run)
    await session.release()
    // These made-up values go beyond 10, where a float32 has one digit less.
    const differences = [...prediction].map(
      (value, i) => Math.abs(value - evaluated[i]!) / Math.max(1, Math.abs(value)),
    )
    expect(Math.max(...differences)).toBeLessThan(1e-5)
  })
})

function webTensors(names: readonly string[], batch: Readonly<Record<string, HostTensor>>): Record<string, web.Tensor> {
  return Object.fromEntries(
    names.map(name => {
      const { dtype, data, dims } = batch[name]!
      return [name, new web.Tensor(dtype, data as never, dims)]
    }),
  )
}
