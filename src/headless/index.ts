/** The headless host: owns a workspace and serves its page to the browser until it is told to stop. */
import { statfs } from 'node:fs/promises'
import { listPageFiles } from '../core/transport/page-files.ts'
import { type OwnedWorkspace, openWorkspace } from '../core/workspace/open-workspace.ts'
import { forkNodeChild } from '../node/node-fork.ts'
import { UPLOAD_LIMITS } from './receive-upload.ts'
import { type HeadlessServer, startHeadlessServer } from './server.ts'

export interface HeadlessOptions {
  workspace: string
  version: string
  /** 0 takes a free port. */
  port: number
  /** The built page. */
  pageFolder: string
  onError: (error: unknown) => void
}

export type HeadlessHost =
  | { kind: 'serving'; link: string; port: number; workspace: OwnedWorkspace; close(): Promise<void> }
  /** Another process owns the workspace; `link` opens its page, `null` where it has none for a browser. */
  | { kind: 'elsewhere'; link: string | null; owner: { pid: number; host: string } }

export async function startHeadlessHost(options: HeadlessOptions): Promise<HeadlessHost> {
  const files = await listPageFiles(options.pageFolder)
  let server: HeadlessServer | null = null
  const workspace = await openWorkspace({
    workspace: options.workspace,
    host: 'headless',
    version: options.version,
    fork: forkNodeChild,
    createLink: () => server?.createLink() ?? null,
  })
  if (workspace.kind === 'forwarded') {
    const link = await workspace.connection.createLink()
    await workspace.close()
    return { kind: 'elsewhere', link, owner: workspace.owner }
  }
  const limits = { ...UPLOAD_LIMITS, freeBytes: () => freeBytes(options.workspace) }
  try {
    server = await startHeadlessServer({ app: workspace.app, files, limits, onError: options.onError }, options.port)
  } catch (error) {
    await workspace.close()
    throw error
  }
  const running = server
  return {
    kind: 'serving',
    link: running.createLink(),
    port: running.port,
    workspace,
    close: async () => {
      await running.close()
      await workspace.close()
    },
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
