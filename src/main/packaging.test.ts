import { globSync, readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const config = readFileSync(join(root, 'electron-builder.yml'), 'utf8').split('\n')

/** The items of a list in the file; `section` is the platform for lists inside one. */
function list(name: string, section?: string): string[] {
  const from = section === undefined ? 0 : config.indexOf(`${section}:`)
  const indent = section === undefined ? '' : '  '
  const start = config.indexOf(`${indent}${name}:`, from)
  expect(start).toBeGreaterThan(-1)
  const items = config.slice(start + 1)
  const end = items.findIndex(line => !line.startsWith(`${indent}  - `))
  return items.slice(0, end).map(line => line.trim().replace(/^- /, '').replaceAll("'", ''))
}

const LIBRARIES = 'node_modules/{better-sqlite3,onnxruntime-node}/**/*.{node,so,so.*,dylib,dll}'
const libraries = globSync(LIBRARIES, { cwd: root })

describe('the installer', () => {
  it.each(list('asarUnpack'))('unpacks files that are there: %s', glob => {
    expect(globSync(glob, { cwd: root }).length).toBeGreaterThan(0)
  })

  it('unpacks every library and the WebAssembly of RDKit', () => {
    expect(libraries.length).toBeGreaterThan(10)
    const wasm = globSync('node_modules/@rdkit/rdkit/**/*.wasm', { cwd: root })
    expect(wasm.length).toBeGreaterThan(0)
    for (const file of [...libraries, ...wasm]) {
      expect(
        list('asarUnpack').some(glob => matchesGlob(file, glob)),
        file,
      ).toBe(true)
    }
  })

  it.each([
    ['linux', 'linux'],
    ['win', 'win32'],
    ['mac', 'darwin'],
  ])('for %s leaves the libraries of other platforms out and its own in', (section, platform) => {
    const excluded = list('files', section).map(glob => glob.replace(/^!/, ''))
    const kept = libraries.filter(file => !excluded.some(glob => matchesGlob(file, glob)))
    const foreign = ['linux', 'win32', 'darwin'].filter(other => other !== platform)
    for (const file of kept) for (const other of foreign) expect(file).not.toContain(other)
    for (const name of ['onnxruntime_binding.node', `${platform}-arm64.node`]) {
      expect(
        kept.some(file => file.endsWith(name)),
        name,
      ).toBe(true)
    }
  })

  it('puts in what the application reads: the page, the example, the icon', () => {
    const files = list('files')
    for (const file of ['out/main/trainer.js', 'out/renderer/index.html', 'package.json', 'resources/icons/icon.png']) {
      expect(
        files.some(glob => matchesGlob(file, glob)),
        file,
      ).toBe(true)
    }
    expect(globSync('resources/{example/*.csv,icons/icon.png}', { cwd: root })).toHaveLength(2)
    expect(files.some(glob => matchesGlob('resources/example/simulated-assay.csv', glob))).toBe(true)
  })

  it('has the fuses set that close the ways round the sandbox', () => {
    const from = config.indexOf('electronFuses:')
    const fuses = Object.fromEntries(
      config
        .slice(from + 1, config.indexOf('', from))
        .filter(line => !line.includes('#'))
        .map(line => line.trim().split(': ')),
    )
    expect(fuses).toEqual({
      runAsNode: 'false',
      enableCookieEncryption: 'true',
      enableNodeOptionsEnvironmentVariable: 'false',
      enableNodeCliInspectArguments: 'false',
      enableEmbeddedAsarIntegrityValidation: 'true',
      onlyLoadAppFromAsar: 'true',
      loadBrowserProcessSpecificV8Snapshot: 'false',
      grantFileProtocolExtraPrivileges: 'false',
    })
  })
})
