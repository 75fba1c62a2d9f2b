/** The menu. What concerns the page is sent to it as the shortcut that does the same there, so that there is one way. */
import { app, type BrowserWindow, Menu, type MenuItemConstructorOptions, shell } from 'electron'

export interface MenuActions {
  window: () => BrowserWindow | null
  workspace: string
}

export function setMenu(actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, process.platform)))
}

export function menuTemplate(
  { window, workspace }: MenuActions,
  platform: NodeJS.Platform,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  const page = (label: string, keyCode: string, modifiers: ('control' | 'meta' | 'shift')[] = []) =>
    pageCommand({ label, keyCode, modifiers: [isMac ? 'meta' : 'control', ...modifiers], window })
  const quit: MenuItemConstructorOptions = { role: 'quit' }
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        page('Import a table…', 'O'),
        page('New run…', 'N'),
        { type: 'separator' },
        { label: 'Open the data folder', click: () => void shell.openPath(workspace) },
        page('Settings', ','),
        { type: 'separator' },
        isMac ? { role: 'close' } : quit,
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        page('Command palette…', 'P', ['shift']),
        page('Search', 'K'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'help', submenu: [{ label: `About ${app.name}`, click: () => app.showAboutPanel() }] },
  ]
}

/** Shown with its shortcut, which the page itself listens to; a click on the item presses the keys. */
function pageCommand(command: {
  label: string
  keyCode: string
  modifiers: ('control' | 'meta' | 'shift')[]
  window: () => BrowserWindow | null
}): MenuItemConstructorOptions {
  const { label, keyCode, modifiers } = command
  const names = modifiers.map(modifier => (modifier === 'shift' ? 'Shift' : 'CommandOrControl'))
  return {
    label,
    accelerator: [...names, keyCode].join('+'),
    registerAccelerator: false,
    click: () => {
      const window = command.window()
      if (window === null) return
      window.show()
      for (const type of ['keyDown', 'keyUp'] as const) window.webContents.sendInputEvent({ type, keyCode, modifiers })
    },
  }
}
