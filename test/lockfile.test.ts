import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Entry {
  version?: string
  resolved?: string
  optionalDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, unknown>
}
const root = join(import.meta.dirname, '..')
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'))
const packages: Record<string, Entry> = read('package-lock.json').packages
const manifest = read('package.json')

/** The entry of a dependency as Node finds it: in the package's own node_modules, then in each one above. */
function findEntry(from: string, name: string): Entry | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const entry = packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]
    if (entry !== undefined || at === '') return entry
  }
}

describe('package-lock.json', () => {
  it('has every optional package, without which npm ci refuses it', () => {
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter(name => findEntry(path, name) === undefined)
        .map(name => `${path} → ${name}`),
    )
    expect(missing).toEqual([])
  })

  it('agrees with package.json and names no registry', () => {
    const locked = packages[''] as Entry & Record<'dependencies' | 'devDependencies', Record<string, string>>
    expect(locked.dependencies).toEqual(manifest.dependencies)
    expect(locked.devDependencies).toEqual(manifest.devDependencies)
    expect(Object.entries(packages).filter(([, entry]) => entry.resolved?.startsWith('http'))).toEqual([])
  })

  it('pins every direct dependency to one version', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies }) as string[]
    expect(versions.filter(version => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })
})
