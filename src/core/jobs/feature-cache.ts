/**
 * Features of a list of structures, computed once. The file's name is a hash of everything its content follows from, so an equal
 * list finds it again, whichever data set or import it came from.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rm, utimes } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { decodePrelude, PRELUDE_BYTES } from '../../chem/features/feature-file.ts'
import { sectionsOf } from '../../recipes/feature-presets.ts'
import { AppError } from '../../shared/errors.ts'
import type { CallOptions } from '../chemistry/chem-worker.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'
import { sha256OfFile } from '../models/card-file.ts'

export interface FeatureCacheDeps {
  workspace: string
  /** The toolkit comes with the application, so another version computes anew. */
  version: string
  chemistry: Pick<ChemistryService, 'featuriseFile'>
}

export interface FeatureCache {
  /**
   * The feature file of the structures, record i being line i; made by a chemistry worker where it is not there.
   * ERR_2003 naming the first structure without features: a row must not be left out of a run in silence.
   */
  ensure(smiles: readonly string[], preset: string, options?: CallOptions): Promise<string>
  /** Where something of another kind that follows from the structures alone belongs; its folder is there. */
  fileFor(smiles: readonly string[], kind: string): Promise<string>
}

export function createFeatureCache({ workspace, version, chemistry }: FeatureCacheDeps): FeatureCache {
  const folder = path.join(workspace, 'cache', 'features')
  /** Somebody who wants what is being made waits for it, and looks again. */
  const making = new Map<string, Promise<void>>()

  async function make(smiles: readonly string[], preset: string, file: string, options: CallOptions): Promise<void> {
    await mkdir(folder, { recursive: true })
    const inputFile = `${file}.${process.pid}.smi`
    try {
      await pipeline(linesOf(smiles), createWriteStream(inputFile, { mode: 0o600 }))
      const made = await chemistry.featuriseFile(
        { inputFile, outputFile: file, sections: [...sectionsOf(preset)] },
        options,
      )
      const [refused] = made.refusals
      if (refused === undefined) return
      await rm(file, { force: true })
      throw new AppError(
        'ERR_2003',
        `${made.refused} of ${smiles.length} structures have no features; row ${refused.row + 1}: ${refused.message}`,
        { details: { row: refused.row, rule: refused.rule, smiles: smiles[refused.row] ?? null } },
      )
    } finally {
      await rm(inputFile, { force: true })
    }
  }

  async function ensureFile(smiles: readonly string[], preset: string, file: string, call: CallOptions): Promise<void> {
    if (await isWhole(file, smiles.length)) {
      // What is used stays; the oldest goes first.
      const now = new Date()
      await utimes(file, now, now)
      return
    }
    await make(smiles, preset, file, call)
  }

  async function nameOf(smiles: readonly string[], kind: string): Promise<string> {
    const key = createHash('sha256').update(`${version}\n`)
    for await (const lines of linesOf(smiles)) key.update(lines)
    return path.join(folder, `${key.digest('hex')}-${kind}.bin`)
  }

  return {
    fileFor: async (smiles, kind) => {
      await mkdir(folder, { recursive: true })
      return nameOf(smiles, kind)
    },
    ensure: async (smiles, preset, options = {}) => {
      const file = await nameOf(smiles, preset)
      for (let other = making.get(file); other !== undefined; other = making.get(file))
        await other.catch(() => undefined)
      // Between the last look at `making` and this entry nothing may be awaited: two would write the same file.
      const made = ensureFile(smiles, preset, file, options).finally(() => making.delete(file))
      making.set(file, made)
      await made
      return file
    },
  }
}

const SLICE_ROWS = 5_000

/** One structure a line, in slices that leave the event loop free. */
async function* linesOf(smiles: readonly string[]): AsyncGenerator<string> {
  for (let from = 0; from < smiles.length; from += SLICE_ROWS) {
    yield `${smiles.slice(from, from + SLICE_ROWS).join('\n')}\n`
    await nextTurn()
  }
}

/** There, finished, of the right length and with the hash it says it has. */
async function isWhole(file: string, rows: number): Promise<boolean> {
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  try {
    const bytes = Buffer.alloc(PRELUDE_BYTES)
    const { bytesRead } = await handle.read(bytes, 0, PRELUDE_BYTES, 0)
    if (bytesRead < PRELUDE_BYTES) return false
    const prelude = decodePrelude(bytes)
    const sha256 = Buffer.from(prelude.sha256).toString('hex')
    return prelude.rows === rows && sha256 === (await sha256OfFile(file, PRELUDE_BYTES))
  } catch (error) {
    // Damaged, or of a version this Bindery does not write: it is made again.
    if (error instanceof Error && error.message.includes('eature file')) return false
    throw error
  } finally {
    await handle.close()
  }
}
