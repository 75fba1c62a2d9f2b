import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * Every rule of the table in ARCHITECTURE.md, tried on a file that breaks it. The files lie under a `src/` of their own, are
 * copied away from the repository and linted with the repository's rules; each names the message it must get in its first line.
 */
const root = join(import.meta.dirname, '..')
const here = join(import.meta.dirname, 'import-rules')
const PARTS = [
  ...['shared', 'chem', 'tensor', 'recipes', 'node', 'trainer', 'chem-worker', 'predictor'],
  ...['core', 'main', 'headless', 'cli', 'preload', 'renderer'],
]
const RULES = ['style/noRestrictedImports', 'style/noRestrictedGlobals']

interface Finding {
  rule: string
  message: string
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

/** What biome says about the files of a folder, by path relative to it. */
async function lint(folder: string): Promise<Map<string, Finding[]>> {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = [biome, 'lint', ...RULES.map(rule => `--only=${rule}`), '--max-diagnostics=1000', '--reporter=json', '.']
  const output = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }).then(
    done => done.stdout,
    // Findings make it exit 1; anything else has no report, and parsing it fails loudly.
    (failed: { stdout: string }) => failed.stdout,
  )
  const findings = new Map<string, Finding[]>()
  for (const { category, message, location } of JSON.parse(output).diagnostics) {
    const path: string = typeof location.path === 'string' ? location.path : location.path.file
    const known = findings.get(path) ?? []
    findings.set(path, [...known, { rule: category, message: JSON.stringify(message) }])
  }
  return findings
}

const refused = (await filesUnder(join(here, 'refused'))).map(path => relative(join(here, 'refused'), path))
const allowed = (await filesUnder(join(here, 'allowed'))).map(path => relative(join(here, 'allowed'), path))

describe('import rules', () => {
  let copy: string
  const found: Record<'refused' | 'allowed', Map<string, Finding[]>> = { refused: new Map(), allowed: new Map() }

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'bindery-import-rules-'))
    await cp(join(root, 'biome.imports.json'), join(copy, 'biome.imports.json'))
    await writeFile(join(copy, 'biome.json'), JSON.stringify({ extends: ['./biome.imports.json'] }))
    for (const kind of ['refused', 'allowed'] as const) {
      await cp(join(here, kind), join(copy, kind), { recursive: true })
      for (const name of ['biome.json', 'biome.imports.json']) await cp(join(copy, name), join(copy, kind, name))
      found[kind] = await lint(join(copy, kind))
    }
  }, 60_000)
  afterAll(() => rm(copy, { recursive: true, force: true }))

  it('has a file that breaks a rule for every part of src', () => {
    expect(new Set(refused.map(path => path.split(sep)[1]))).toEqual(new Set(PARTS))
  })

  it('meets no folder that bears the name of a module, since biome sees paths as they are written', async () => {
    const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })
    const below = entries.filter(entry => entry.isDirectory() && entry.parentPath !== join(root, 'src'))
    expect(below.map(entry => entry.name).filter(name => PARTS.includes(name))).toEqual([])
  })

  it('is part of the normal lint', async () => {
    expect(JSON.parse(await readFile(join(root, 'biome.json'), 'utf8')).extends).toContain('./biome.imports.json')
  })

  it.each(refused)('refuses %s', async path => {
    const [first = ''] = (await readFile(join(here, 'refused', path), 'utf8')).split('\n')
    const expected = first.replace('// ', '')
    const said = (found.refused.get(path) ?? []).map(finding => finding.message).join('\n')
    expect(said).toContain(expected)
    if (!path.includes('uses-global')) expect(said).toContain('ARCHITECTURE.md')
  })

  it.each(allowed)('allows %s', path => {
    expect(found.allowed.get(path) ?? []).toEqual([])
  })
})
