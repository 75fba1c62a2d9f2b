/** Where the window was when it was last open. */
import { readFile } from 'node:fs/promises'
import type { Rectangle } from 'electron'
import { writeFileAtomic } from '../node/atomic-write.ts'

export interface WindowState {
  bounds: Rectangle
  maximised: boolean
}

export const DEFAULT_SIZE = { width: 1360, height: 860 }
export const MIN_SIZE = { width: 1024, height: 700 }
/** So much of the title bar must be on a screen to get hold of the window. */
const GRIP = { width: 120, height: 40 }

export async function loadWindowState(file: string): Promise<WindowState | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  return parseWindowState(text)
}

export async function saveWindowState(file: string, state: WindowState): Promise<void> {
  await writeFileAtomic(file, JSON.stringify(state))
}

/** `null` for anything that is no state: the window then opens where the system puts it. */
export function parseWindowState(text: string): WindowState | null {
  let value: Partial<WindowState> | null
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const { x, y, width, height } = value?.bounds ?? {}
  if (![x, y, width, height].every(Number.isInteger) || typeof value?.maximised !== 'boolean') return null
  return { bounds: { x: x!, y: y!, width: width!, height: height! }, maximised: value.maximised }
}

/**
 * The saved bounds, no larger than the screen they are on; `null` where they are on none of the screens there are now (a
 * second monitor that was unplugged).
 */
export function fitBounds(saved: Rectangle, workAreas: readonly Rectangle[]): Rectangle | null {
  const area = workAreas.find(candidate => {
    const width = Math.min(saved.x + saved.width, candidate.x + candidate.width) - Math.max(saved.x, candidate.x)
    const below = candidate.y + candidate.height - saved.y
    return width >= GRIP.width && saved.y >= candidate.y && below >= GRIP.height
  })
  if (area === undefined) return null
  const width = Math.min(Math.max(saved.width, MIN_SIZE.width), area.width)
  const height = Math.min(Math.max(saved.height, MIN_SIZE.height), area.height)
  return { x: saved.x, y: saved.y, width, height }
}
