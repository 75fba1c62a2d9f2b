import type { MessageKey } from '../i18n/translate.ts'

/** What the sheet shows; use-shortcuts.ts and the grids do it. */
export const SHORTCUTS: readonly (readonly [keys: readonly string[], meaning: MessageKey])[] = [
  [['Ctrl+Shift+P'], 'shortcut.palette'],
  [['Ctrl+K'], 'shortcut.search'],
  [['Ctrl+1', '…', 'Ctrl+6'], 'shortcut.pages'],
  [['Ctrl+N'], 'shortcut.newRun'],
  [['Ctrl+O'], 'shortcut.import'],
  [['Ctrl+Enter'], 'shortcut.predict'],
  [['J', 'K', '↓', '↑'], 'shortcut.rows'],
  [['Enter'], 'shortcut.open'],
  [['Delete'], 'shortcut.delete'],
  [['Ctrl+Z'], 'shortcut.undo'],
  [['Ctrl+,'], 'shortcut.settings'],
  [['?'], 'shortcut.sheet'],
  [['Esc'], 'shortcut.close'],
]
