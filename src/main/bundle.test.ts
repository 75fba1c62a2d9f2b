import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import config from '../../electron.vite.config.ts'

const root = join(import.meta.dirname, '../..')
const entries = config.main!.build!.rolldownOptions!.input as Record<string, string>

/** `new URL('./worker.ts' …, import.meta.url)` and the like: programs that are started by their file. */
const STARTED = /new URL\([^)]*?['"`]\.\/([\w-]+)\.(?:ts|\$\{\w+\})['"`]/g

describe('the bundle', () => {
  it.each(Object.entries(entries))('has an entry %s that is there', (_name, file) => {
    expect(existsSync(file)).toBe(true)
  })

  it('has an entry for every program that the code starts by its file', () => {
    const started = globSync('src/**/*.ts', { cwd: root })
      .filter(file => !/\.test\.ts$|fixtures?[./\\]/.test(file))
      .flatMap(file =>
        [...readFileSync(join(root, file), 'utf8').matchAll(STARTED)].map(([, name]) =>
          join(root, file, '..', `${name}.ts`),
        ),
      )
    expect(started.map(file => basename(file))).toContain('worker.ts')
    for (const file of started) expect(Object.values(entries), file).toContain(file)
  })

  it('puts every chunk beside the entries, where they look for each other', () => {
    const { entryFileNames, chunkFileNames } = config.main!.build!.rolldownOptions!.output as Record<string, string>
    for (const names of [entryFileNames, chunkFileNames]) expect(names).not.toContain('/')
  })
})
