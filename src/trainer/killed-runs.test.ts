/**
 * A trainer killed with SIGKILL at random moments: within a step, while it writes a checkpoint, while it evaluates, between two epochs.
 * Which moment it was is read from what the dead process left behind, and all of them must have been met.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { MetricLine } from '../shared/trainer-protocol.ts'
import { createRunFolder, readLines, sha256Of, startTrainer, trainToEnd } from './fixtures/run-folder.ts'

const MOMENTS = ['step', 'checkpoint write', 'evaluation', 'epoch end'] as const
type Moment = (typeof MOMENTS)[number]

const TIMES_EACH = 4
/** Kills in all, before the test gives up on meeting every moment. */
const MOST_KILLS = 80
/** 120 rows: 81 or so of training in batches of 16, and enough others for an evaluation that takes some milliseconds. */
const ROWS = 120
const STEPS_PER_EPOCH = 6
const SETTINGS = { epochs: 40, patience: 1_000, batchSize: 16, hidden: 48, members: 1 }

describe('a trainer that is killed at random moments', { timeout: 180_000 }, () => {
  it('ends in the same bytes, whatever it was doing', async () => {
    const undisturbed = createRunFolder({ rows: ROWS, settings: SETTINGS })
    await trainToEnd(undisturbed.folder)
    expect(stepsOfEpochs(undisturbed.folder)).toEqual(
      Array.from({ length: SETTINGS.epochs }, (_, i) => (i + 1) * STEPS_PER_EPOCH),
    )
    const expected = sha256Of(undisturbed.folder, 'model.onnx')

    const met = new Map<Moment, number>(MOMENTS.map(moment => [moment, 0]))
    const missing = () => MOMENTS.filter(moment => met.get(moment)! < TIMES_EACH)
    let kills = 0
    while (missing().length > 0) {
      const { folder } = createRunFolder({
        rows: ROWS,
        settings: SETTINGS,
        change: (_, spec) => Object.assign(spec, { checkpointEveryMs: 10 }),
      })
      for (;;) {
        const [wanted] = missing()
        const moment = wanted === undefined ? 'completed' : await killAt(folder, wanted)
        if (moment === 'completed') break
        met.set(moment, met.get(moment)! + 1)
        kills++
        expect(kills, `kills so far: ${JSON.stringify([...met])}`).toBeLessThanOrEqual(MOST_KILLS)
      }
      if (!existsSync(path.join(folder, 'card.json'))) await trainToEnd(folder)
      expect(sha256Of(folder, 'model.onnx')).toBe(expected)
      expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([])
      expectRepeats(folder, undisturbed.folder)
    }
    for (const moment of MOMENTS) expect(met.get(moment), moment).toBeGreaterThanOrEqual(TIMES_EACH)
  })
})

/** Goes on with the run until about the moment that is wanted, and kills. Answers which moment it really was. */
async function killAt(folder: string, wanted: Moment): Promise<Moment | 'completed'> {
  const before = linesOf(folder).length
  const trainer = startTrainer(folder)
  let isGone = false
  void trainer.exit.then(() => {
    isGone = true
  })
  // A different epoch each time, and some progress, so that the same steps are not killed over and over.
  const wait = before + Math.ceil(Math.random() * 4 * 4 * STEPS_PER_EPOCH)
  while (!isGone && !(linesOf(folder).length > wait && isAt(folder, wanted))) await nextTurn()
  const until = performance.now() + Math.random() * 2
  while (performance.now() < until);
  trainer.child.kill('SIGKILL')
  await trainer.exit
  return trainer.messages.some(({ type }) => type === 'completed') ? 'completed' : momentOf(folder)
}

function isAt(folder: string, wanted: Moment): boolean {
  return wanted === 'checkpoint write' ? isWriting(folder) : momentOf(folder) === wanted
}

function momentOf(folder: string): Moment {
  if (isWriting(folder)) return 'checkpoint write'
  const last = linesOf(folder).at(-1)
  if (!last) return 'step'
  if (last.name === 'validation.rmse') return 'epoch end'
  return last.step % STEPS_PER_EPOCH === 0 ? 'evaluation' : 'step'
}

function isWriting(folder: string): boolean {
  return readdirSync(folder).some(name => name.endsWith('.tmp'))
}

/** Whole lines only: the last one may be half written. */
function linesOf(folder: string): MetricLine[] {
  const file = path.join(folder, 'metrics.jsonl')
  if (!existsSync(file) || statSync(file).size === 0) return []
  const text = readFileSync(file, 'utf8')
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as MetricLine)
}

function stepsOfEpochs(folder: string): number[] {
  return readLines<MetricLine>(folder, 'metrics.jsonl').flatMap(({ name, step }) =>
    name === 'validation.rmse' ? [step] : [],
  )
}

/** Every value a killed run told, however often it told it, is the one of the undisturbed run. */
function expectRepeats(folder: string, undisturbed: string): void {
  const known = new Map(
    readLines<MetricLine>(undisturbed, 'metrics.jsonl').map(({ step, name, value }) => [`${step} ${name}`, value]),
  )
  const told = linesOf(folder).filter(({ name }) => name !== 'itemsPerSecond' && name !== 'dataWaitShare')
  for (const { step, name, value } of told) expect(value, `${name} of step ${step}`).toBe(known.get(`${step} ${name}`))
}
