import { type FileHandle, open } from 'node:fs/promises'

/** A file to be read; `null` where it does not exist, or no longer. */
export async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
