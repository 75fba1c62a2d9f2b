/** `serve`: the page in the browser, until Ctrl+C. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
// biome-ignore lint/style/noRestrictedImports: the command line is how the headless host is started; nothing else imports a host.
import { startHeadlessHost } from '../../headless/index.ts'
import { AppError } from '../../shared/errors.ts'
import type { CommandContext } from '../session.ts'

export interface ServeOptions {
  port: number
  open: boolean
}

export async function serve(
  { port, open }: ServeOptions,
  { workspace, version, terminal }: CommandContext,
): Promise<void> {
  const interrupted = nextInterrupt()
  const onError = (error: unknown) => terminal.note(`a request failed: ${(error as Error).stack ?? error}`)
  const host = await startHeadlessHost({ workspace, version, port, pageFolder: pageFolder(), onError })
  if (host.kind === 'elsewhere' && host.link === null) {
    throw new AppError(
      'ERR_4003',
      `workspace ${workspace} is in use by ${host.owner.host}, process ${host.owner.pid}`,
      {
        details: { pid: host.owner.pid, host: host.owner.host },
      },
    )
  }
  const url = host.link!
  const words = host.kind === 'serving' ? 'Bindery is ready' : 'Bindery runs already'
  terminal.result({ url, workspace, ...(host.kind === 'serving' ? { port: host.port } : {}) }, [`${words}: ${url}`])
  if (open) openBrowser(url)
  if (host.kind === 'elsewhere') return

  terminal.note('The link works once. Ctrl+C ends Bindery; running jobs are saved.')
  await interrupted
  terminal.note('closing')
  await host.close()
}

/** `out/renderer` of the repository, or beside the bundle this code is part of. */
function pageFolder(): string {
  const here = import.meta.dirname
  const folders = [join(here, '../renderer'), join(here, '../../../out/renderer')]
  return folders.find(folder => existsSync(join(folder, 'index.html')) && folder.includes('out')) ?? folders[1]!
}

function nextInterrupt(): Promise<void> {
  let count = 0
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        count += 1
        if (count > 1) process.exit(130)
        resolve()
      })
    }
  })
}

/** A machine without a browser, or without a screen, is no failure: the link was printed. */
function openBrowser(url: string): void {
  const [command, ...args] = browserCommand(url)
  const child = spawn(command!, args, { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}

function browserCommand(url: string): string[] {
  if (process.platform === 'darwin') return ['open', url]
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  return ['xdg-open', url]
}
