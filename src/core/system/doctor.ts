/** What state this machine and this workspace are in. Reads only. */
import { constants } from 'node:fs'
import { access, lstat, readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import type { DoctorReport } from '../../shared/contract/system.ts'
import type { CoreContext } from '../app-context.ts'
import type { ProviderService } from './provider-service.ts'
import { freeDiskBytes } from './resource-monitor.ts'

const FOLDERS = ['runs', 'models', 'cache', 'uploads', 'logs', 'backups'] as const

export async function examine(
  { deps, store, scans }: Pick<CoreContext, 'deps' | 'store' | 'scans'>,
  providers: ProviderService,
): Promise<DoctorReport> {
  const { integrity, sqlite } = await scans.query('integrity', {})
  const { electron, node } = process.versions
  return {
    runtimes: {
      host: electron === undefined ? `Node ${node}` : `Electron ${electron}, Node ${node}`,
      onnxruntime: onnxRuntimeVersion(),
      sqlite,
    },
    machine: {
      platform: `${process.platform} ${process.arch} ${os.release()}`,
      processor: os.cpus()[0]?.model ?? 'unknown',
      cpus: os.availableParallelism(),
      memoryTotalBytes: os.totalmem(),
      memoryFreeBytes: os.freemem(),
      diskFreeBytes: await freeDiskBytes(deps.workspace),
    },
    database: {
      file: store.file,
      bytes: (await stat(store.file)).size,
      integrity,
      ok: integrity.length === 1 && integrity[0] === 'ok',
    },
    folders: await Promise.all(
      ['', ...FOLDERS].map(name => describeFolder(name === '' ? 'workspace' : name, path.join(deps.workspace, name))),
    ),
    providers: providers.read(),
  }
}

function onnxRuntimeVersion(): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }
  return version
}

async function describeFolder(name: string, folder: string): Promise<DoctorReport['folders'][number]> {
  const exists = await allows(folder, constants.F_OK)
  const writable = exists && (await allows(folder, constants.W_OK))
  return { name, path: folder, exists, writable, bytes: exists ? await bytesBelow(folder) : 0 }
}

async function allows(folder: string, mode: number): Promise<boolean> {
  return access(folder, mode).then(
    () => true,
    () => false,
  )
}

/** A file that vanishes while it is counted counts nothing. Links are not followed. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(ignoreGone)
  for (const entry of entries ?? []) {
    if (!entry.isFile()) continue
    bytes += (await lstat(path.join(entry.parentPath, entry.name)).catch(ignoreGone))?.size ?? 0
  }
  return bytes
}

function ignoreGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
