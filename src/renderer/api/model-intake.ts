/** Models on their way in: which dialog is open, and files that wait for theirs, one after the other. */
import { create } from 'zustand'

export const PASSPORT_ENDING = '.bindery-model'
export const ONNX_ENDING = '.onnx'

export type IntakeKind = 'passport' | 'foreign'

interface Asked {
  key: number
  kind: IntakeKind
  /** `null`: to be chosen in the dialog. */
  file: File | null
}

interface ModelIntake {
  asked: readonly Asked[]
  ask(kind: IntakeKind, file?: File): void
  /** The first one is done with, taken in or not. */
  next(): void
}

let keys = 0

export const useModelIntake = create<ModelIntake>()(set => ({
  asked: [],
  ask: (kind, file) => set(state => ({ asked: [...state.asked, { key: ++keys, kind, file: file ?? null }] })),
  next: () => set(state => ({ asked: state.asked.slice(1) })),
}))

/** What a file is by its ending; `null`: no model. */
export function intakeKindOf({ name }: Pick<File, 'name'>): IntakeKind | null {
  const ending = name.toLowerCase()
  if (ending.endsWith(PASSPORT_ENDING)) return 'passport'
  return ending.endsWith(ONNX_ENDING) ? 'foreign' : null
}
