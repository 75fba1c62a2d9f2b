import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { writeFileAtomic } from '../node/atomic-write.ts'
import type { RunIdentity } from '../node/checkpoint-head.ts'
import { AppError } from '../shared/errors.ts'
import { decodeCheckpoint, encodeCheckpoint, type RunState } from './checkpoint.ts'

const KEPT = 2
const NAME = /^checkpoint-(\d+)\.bin$/
export const BEST_CHECKPOINT = 'checkpoint-best.bin'

/** The checkpoints of a run folder: the last two by step, and the best weights. */
export class CheckpointStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Returns the file's name. */
  async save(state: RunState): Promise<string> {
    const name = `checkpoint-${String(state.step).padStart(8, '0')}.bin`
    await writeFileAtomic(path.join(this.#folder, name), encodeCheckpoint(state))
    const files = await this.#files()
    for (const file of files.slice(KEPT)) await rm(path.join(this.#folder, file), { force: true })
    return name
  }

  /** The finished members and, of the one in training, the weights of its best epoch alone. */
  async saveBest(state: RunState): Promise<void> {
    const current = state.current?.best ? { ...state.current, vectors: {} } : null
    await writeFileAtomic(path.join(this.#folder, BEST_CHECKPOINT), encodeCheckpoint({ ...state, current }))
  }

  /**
   * The newest usable state, or `null` where nothing was saved. A damaged newest file is passed over and told; ERR_6005 where a
   * checkpoint belongs to a run of other settings or data, which are named, or where none is whole.
   */
  async load(identity: RunIdentity, onDamaged: (file: string, reason: string) => void): Promise<RunState | null> {
    const files = await this.#files()
    for (const file of files) {
      const state = await this.#read(file, onDamaged)
      if (!state) continue
      checkIdentity(file, state.identity, identity)
      return state
    }
    if (files.length > 0) throw new AppError('ERR_6005', `None of ${files.join(', ')} is whole`, { details: { files } })
    return null
  }

  async #read(file: string, onDamaged: (file: string, reason: string) => void): Promise<RunState | null> {
    const bytes = await readFile(path.join(this.#folder, file))
    try {
      return decodeCheckpoint(bytes)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      onDamaged(file, error.message)
      return null
    }
  }

  /** Newest first. */
  async #files(): Promise<string[]> {
    const names = (await readdir(this.#folder)).filter(name => NAME.test(name))
    return names.sort((a, b) => Number(NAME.exec(b)![1]) - Number(NAME.exec(a)![1]))
  }
}

function checkIdentity(file: string, saved: RunIdentity, wanted: RunIdentity): void {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(saved)])]
  const different = names.filter(name => saved[name] !== wanted[name])
  if (different.length === 0) return
  const told = different.map(
    name => `${name} was ${saved[name] ?? 'not there'}, this run has ${wanted[name] ?? 'none'}`,
  )
  throw new AppError('ERR_6005', `${file} belongs to another run: ${told.join('; ')}`, { details: { file, different } })
}
