/** Which archives there are, told by their first bytes and by their names. */

/** `gz`: one packed file without a name of its own. */
export type ArchiveKind = 'zip' | 'tar' | 'tar.gz' | 'gz'
/** Kinds that are recognised in order to be refused inside an archive. */
export type KnownArchive = 'zip' | 'tar' | 'gzip' | 'bzip2' | 'xz' | '7z' | 'rar' | 'zstd' | 'lzma' | 'cab'

const SIGNATURES: readonly { kind: KnownArchive; bytes: readonly number[]; at?: number }[] = [
  { kind: 'zip', bytes: [0x50, 0x4b, 0x03, 0x04] },
  // Without entries, and one part of several.
  { kind: 'zip', bytes: [0x50, 0x4b, 0x05, 0x06] },
  { kind: 'zip', bytes: [0x50, 0x4b, 0x07, 0x08] },
  { kind: 'gzip', bytes: [0x1f, 0x8b] },
  { kind: 'bzip2', bytes: [0x42, 0x5a, 0x68] },
  { kind: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { kind: '7z', bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { kind: 'rar', bytes: [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07] },
  { kind: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { kind: 'cab', bytes: [0x4d, 0x53, 0x43, 0x46, 0x00] },
  { kind: 'tar', bytes: [0x75, 0x73, 0x74, 0x61, 0x72], at: 257 },
]

const NAMES = /\.(zip|jar|tar|gz|tgz|bz2|tbz2?|xz|txz|7z|rar|zst|lzma|cab|lz4?|z)$/i

export function kindOfBytes(head: Uint8Array): KnownArchive | null {
  const found = SIGNATURES.find(({ bytes, at = 0 }) => bytes.every((byte, i) => head[at + i] === byte))
  // "BZh" may begin a text; bzip2 goes on with the block size and the digits of pi.
  if (found?.kind === 'bzip2' && !(head[4] === 0x31 && head[5] === 0x41 && head[6] === 0x59)) return null
  return found?.kind ?? null
}

export function kindOfName(name: string): string | null {
  return NAMES.exec(name)?.[1]?.toLowerCase() ?? null
}

const TABLE_NAME = /\.(csv|tsv|tab|txt|sdf?|smi|smiles|ism|xlsx)$/i

/** A file that may be a table, not a system's own note beside it (`__MACOSX/._a.csv`, `.DS_Store`). */
export function isTableName(name: string): boolean {
  const parts = name.split('/')
  return TABLE_NAME.test(name) && !parts.some(part => part.startsWith('.') || part === '__MACOSX')
}
