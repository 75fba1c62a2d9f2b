import { spotlight } from '@mantine/spotlight'
import { useEffect, useRef } from 'react'
import { chooseImport } from '../api/import-queue.ts'
import { undoLast } from '../components/undo.tsx'
import { PAGES } from '../route/hash-route.ts'
import { currentRoute, hrefOfPage, navigate } from '../route/use-route.ts'

/** The keys that work everywhere. Keys of a table are the grid's, Ctrl+Enter is the form's that it sends. */
export function useShortcuts(onSheet: () => void): void {
  const sheet = useRef(onSheet)
  sheet.current = onSheet
  useEffect(() => {
    const handle = (event: KeyboardEvent): void => {
      const act = actionOf(event, () => sheet.current())
      if (!act) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', handle)
    window.addEventListener('keydown', closeOnEscape, { capture: true })
    return () => {
      window.removeEventListener('keydown', handle)
      window.removeEventListener('keydown', closeOnEscape, { capture: true })
    }
  }, [])
}

function actionOf(event: KeyboardEvent, onSheet: () => void): (() => void) | null {
  if (event.defaultPrevented || event.altKey) return null
  const key = event.key.toLowerCase()
  if (event.ctrlKey || event.metaKey) {
    if (event.shiftKey) return key === 'p' ? () => spotlight.open() : null
    if (key === 'k') return () => spotlight.open()
    if (key === 'n') return () => navigate({ page: 'training', id: 'new' })
    if (key === 'o') return chooseImport
    // In a field Ctrl+Z takes back what was typed.
    if (key === 'z') return isTyping(event.target) ? null : () => void undoLast()
    if (key === ',') return () => navigate({ page: 'settings' })
    if (key === 'enter') return pressDefault()
    const page = PAGES[Number(key) - 1]
    return page ? () => window.location.assign(hrefOfPage(page)) : null
  }
  if (isTyping(event.target)) return null
  if (key === '?') return onSheet
  return null
}

/** Ctrl+Enter presses the one button of the page that is marked for it. */
function pressDefault(): (() => void) | null {
  // The last one is on top: the wizard is drawn after the page.
  const button = [...document.querySelectorAll<HTMLButtonElement>('[data-default-action]:not(:disabled)')].at(-1)
  return button ? () => button.click() : null
}

/**
 * Esc closes what is open on top, then the detail. It never touches a job. Heard before dialogs and menus hear it, because they
 * are gone from the page once they have.
 */
function closeOnEscape(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || isTyping(event.target)) return
  const layers = document.querySelectorAll('[role="dialog"], [role="menu"], [role="listbox"]')
  if ([...layers].some(layer => layer.checkVisibility())) return
  const route = currentRoute()
  if (route.id && route.page !== 'predict') navigate({ ...route, id: null, tab: null })
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
