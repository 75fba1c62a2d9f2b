/** Files that wait for the import wizard, one after the other. */
import { create } from 'zustand'
import { ACCEPTED_FILES } from './table-files.ts'

interface QueuedFile {
  key: number
  file: File
  /** It becomes the next version of this data set. */
  versionOf?: { id: string; name: string }
}

interface ImportQueue {
  files: readonly QueuedFile[]
  add(files: readonly File[], versionOf?: QueuedFile['versionOf']): void
  /** The first file is done with, imported or not. */
  next(): void
}

let keys = 0

export const useImportQueue = create<ImportQueue>()(set => ({
  files: [],
  add: (files, versionOf) =>
    set(state => ({
      files: [...state.files, ...files.map(file => ({ key: ++keys, file, ...(versionOf ? { versionOf } : {}) }))],
    })),
  next: () => set(state => ({ files: state.files.slice(1) })),
}))

/** Opens the system's file dialog and hands what is chosen to the wizard. */
export function chooseFiles(onFiles: (files: File[]) => void, multiple = true): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = multiple
  input.accept = ACCEPTED_FILES
  input.addEventListener('change', () => onFiles([...(input.files ?? [])]), { once: true })
  input.click()
}

export function chooseImport(): void {
  chooseFiles(files => useImportQueue.getState().add(files))
}
