/** What an import needs to know about each structure, for many of them. */
import type { ParsedStructure } from '../../shared/chem-protocol.ts'
import { describeStructure, scaffoldSmiles } from '../parse.ts'
import type { Outcome, ReadOptions, StructureReader } from '../structure-reader.ts'

export interface StructureTask extends ReadOptions {
  /** As it is written: SMILES or a molblock. */
  readonly text: string
}

export interface DescribedStructure {
  readonly structure: ParsedStructure
  /** Canonical SMILES, '' for a molecule without rings. */
  readonly scaffold: string
}

/** One or several readers: whoever has many structures need not know which. */
export interface Structures {
  /** Batches that keep all readers at work when as many are asked for at a time. */
  readonly width: number
  /** One outcome for each task, at the same position. */
  read(tasks: readonly StructureTask[]): Promise<Outcome<DescribedStructure>[]>
  /** What is being read then fails with `reason`. */
  close(reason?: unknown): Promise<void>
}

export async function readStructures(
  reader: StructureReader,
  tasks: readonly StructureTask[],
): Promise<Outcome<DescribedStructure>[]> {
  const outcomes: Outcome<DescribedStructure>[] = []
  for (const { text, ...options } of tasks) {
    outcomes.push(
      await reader.read(text, options, structure => ({
        structure: describeStructure(reader.toolkit, structure),
        scaffold: scaffoldSmiles(reader.toolkit, structure.molecule),
      })),
    )
  }
  return outcomes
}

/** In this thread: for a few, threads of their own would take longer to start than they save. */
export function structuresHere(reader: StructureReader): Structures {
  return { width: 1, read: tasks => readStructures(reader, tasks), close: async () => undefined }
}
