import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import path from 'node:path'
import { writeFileAtomic } from '../node/atomic-write.ts'

export interface WrittenFile {
  readonly name: string
  readonly sha256: string
  readonly sizeBytes: number
}

export async function writeRunFile(runFolder: string, name: string, bytes: Uint8Array): Promise<WrittenFile> {
  await writeFileAtomic(path.join(runFolder, name), bytes)
  return { name, sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length }
}

/** e.g. `onnxruntime-node 1.30.0` */
export function runtimeName(): string {
  const { name, version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as Record<string, string>
  return `${name} ${version}`
}
