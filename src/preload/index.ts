/** Everything the page gets from Electron. Sandboxed: no Node, nothing but these four. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'

/** Failures cross as values: Electron would turn a thrown error into text. */
type Answer<T> = { value: T } | { error: { code: string; message: string } }

async function ask<T>(channel: string, ...values: string[]): Promise<T> {
  const answer: Answer<T> = await ipcRenderer.invoke(channel, ...values)
  if ('error' in answer) throw answer.error
  return answer.value
}

contextBridge.exposeInMainWorld('bindery', {
  platform: process.platform,

  /** A new line to the application; the page gets its end as a window message `bindery:channel` with one port. */
  openChannel(): void {
    const { port1, port2 } = new MessageChannel()
    ipcRenderer.postMessage('bindery:channel', null, [port1])
    window.postMessage('bindery:channel', '/', [port2])
  },

  /** The path comes from a file that the user dropped or chose: the page can neither see nor invent one. */
  registerFile(file: File): Promise<string> {
    return ask('bindery:registerFile', webUtils.getPathForFile(file), file.name)
  },

  /** `false` where the user closed the dialog. */
  saveDownload(ticket: string): Promise<boolean> {
    return ask('bindery:saveDownload', ticket)
  },
})
