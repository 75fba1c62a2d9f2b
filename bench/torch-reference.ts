import { execFileSync, spawnSync } from 'node:child_process'

/** A line that torch_dmpnn.py prints. */
export interface TorchRun {
  readonly engine: string
  readonly variant: string
  readonly stepMs: number
  readonly losses: readonly number[]
}

/** Debian's interpreter first: another one may come before it on PATH without its packages. */
export function findPythonWithTorch(): string | undefined {
  return ['/usr/bin/python3', 'python3', 'python'].find(
    python => spawnSync(python, ['-c', 'import torch']).status === 0,
  )
}

export function runTorch(options: {
  python: string
  script: string
  folder: string
  steps: number
  threads: number
}): readonly TorchRun[] {
  const { python, script, folder, steps, threads } = options
  const output = execFileSync(python, [script, folder, '--steps', `${steps}`, '--threads', `${threads}`], {
    encoding: 'utf8',
  })
  return output
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as TorchRun)
}
