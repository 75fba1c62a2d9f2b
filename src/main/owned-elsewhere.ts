/** Another process has the workspace: say which, and lead to its page where it has one. */
import { dialog, shell } from 'electron'
import type { ForwardedWorkspace } from '../core/workspace/open-workspace.ts'

const LOOPBACK_PAGE = /^http:\/\/127\.0\.0\.1:\d+\/open\?token=[\w-]+$/

export async function showOwner({ owner, connection }: ForwardedWorkspace, workspace: string): Promise<void> {
  const link = await connection.createLink()
  const canOpen = link !== null && LOOPBACK_PAGE.test(link)
  const names = { electron: 'another Bindery window', headless: 'Bindery in a browser', cli: 'a Bindery command' }
  const { response } = await dialog.showMessageBox({
    type: 'info',
    title: 'Bindery',
    message: `This data folder is in use by ${names[owner.host]}.`,
    detail: `${workspace}\nprocess ${owner.pid} on ${owner.machine}, since ${new Date(owner.startedAt).toLocaleString()}`,
    buttons: canOpen ? ['Open it in the browser', 'Close'] : ['Close'],
    defaultId: 0,
    cancelId: canOpen ? 1 : 0,
    noLink: true,
  })
  if (canOpen && response === 0) await shell.openExternal(link)
}
