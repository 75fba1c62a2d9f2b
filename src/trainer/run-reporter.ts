import path from 'node:path'
import type { JobProgress, LogLine } from '../shared/contract/jobs.ts'
import type { MetricLine, TrainerMessage } from '../shared/trainer-protocol.ts'
import type { Control } from './control.ts'
import { LineFile } from './line-file.ts'

/** Everything a run tells: lines of metrics and log into its folder, messages to the host. */
export class RunReporter {
  readonly #tell: (message: TrainerMessage) => void
  readonly #control: Control
  readonly #metrics: LineFile
  readonly #log: LineFile
  #nextProgressAt = 0

  constructor(runFolder: string, options: { tell: (message: TrainerMessage) => void; control: Control }) {
    this.#tell = options.tell
    this.#control = options.control
    this.#metrics = new LineFile(path.join(runFolder, 'metrics.jsonl'))
    this.#log = new LineFile(path.join(runFolder, 'log.jsonl'))
  }

  /** One line a value. `null` says that it was not finite, which has no place in JSON; such a value itself is a bug here. */
  metrics(step: number, values: Readonly<Record<string, number | null>>): void {
    const at = Date.now()
    const lines = Object.entries(values).map(([name, value]): MetricLine => {
      if (value !== null && !Number.isFinite(value)) throw new Error(`metric ${name} at step ${step} is ${value}`)
      return { step, name, value, at }
    })
    this.#metrics.append(lines)
  }

  log(level: LogLine['level'], message: string): void {
    this.#log.append([{ at: Date.now(), level, message }])
  }

  /** The worker's sign of life: the host is told it with every heartbeat. */
  step(step: number): void {
    this.#control.step = step
  }

  message(message: TrainerMessage): void {
    this.#tell(message)
  }

  stage(stage: JobProgress['stage'], done = 0, total: number | null = null): void {
    this.#tell({ type: 'progress', progress: { stage, done, total, etaMs: null, epoch: null, epochs: null } })
  }

  /** At most five times a second. */
  trainingProgress(progress: Omit<JobProgress, 'stage'>): void {
    const now = performance.now()
    if (now < this.#nextProgressAt) return
    this.#nextProgressAt = now + 200
    this.#tell({ type: 'progress', progress: { stage: 'training', ...progress } })
  }

  close(): void {
    this.#metrics.close()
    this.#log.close()
  }
}
