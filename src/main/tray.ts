/** The icon that stays while jobs run on without the window. */
import { Menu, nativeImage, Tray } from 'electron'

export interface TrayActions {
  icon: string
  show: () => void
  quit: () => void
}

export function createTray({ icon, show, quit }: TrayActions): Tray {
  const tray = new Tray(nativeImage.createFromPath(icon).resize({ width: 16, height: 16 }))
  tray.setToolTip('Bindery: jobs are running')
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Open Bindery', click: show },
      { label: 'Quit', click: quit },
    ]),
  )
  tray.on('click', show)
  return tray
}
