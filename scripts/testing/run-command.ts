/** Runs a program of the repository with Node 24 on the path, as `npm run` does. */
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

export interface CommandResult {
  code: number
  /** Both streams, in the order they came; empty where they went to the terminal. */
  output: string
  seconds: number
}

export interface CommandOptions {
  env?: Record<string, string>
  /** Shown as it comes, or kept. */
  output: 'shown' | 'kept'
}

export const root = join(import.meta.dirname, '../..')

export function runCommand(command: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [program = '', ...args] = command
  const startedMs = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: {
        ...process.env,
        PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
        ...options.env,
      },
      stdio: options.output === 'shown' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // Programs of node_modules/.bin are .cmd files on Windows.
      shell: process.platform === 'win32',
    })
    const chunks: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', code => {
      const output = Buffer.concat(chunks).toString('utf8')
      resolve({ code: code ?? 1, output, seconds: (performance.now() - startedMs) / 1000 })
    })
  })
}
