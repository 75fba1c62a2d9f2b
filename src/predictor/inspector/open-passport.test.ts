import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sha256, takeApart, zip } from '../../../test/support/passport-kit.ts'
import { AppError } from '../../shared/errors.ts'
import { MANIFEST_FILE, PASSPORT_FILES, passportRoleSchema } from '../../shared/passport.ts'
import { createRunFolder, trainToEnd } from '../../trainer/fixtures/run-folder.ts'
import { describeModel } from './describe.ts'
import { openPassport } from './open-passport.ts'

let work: string
let passport: Buffer

beforeAll(async () => {
  work = mkdtempSync(path.join(tmpdir(), 'bindery-open-'))
  const { folder } = createRunFolder({ rows: 40 })
  await trainToEnd(folder)
  const roles = passportRoleSchema.options.filter(role => role !== 'kernels')
  const files = await Promise.all(
    roles.map(
      async role => [role, PASSPORT_FILES[role], await readFile(path.join(folder, PASSPORT_FILES[role]))] as const,
    ),
  )
  const manifest = {
    format: 'bindery-passport-1',
    name: 'Random',
    version: 1,
    licence: '',
    onnx: await describeModel(folder),
    files: files.map(([role, name, bytes]) => ({ role, name, sizeBytes: bytes.length, sha256: sha256(bytes) })),
  }
  passport = zip(
    new Map([
      [MANIFEST_FILE, Buffer.from(JSON.stringify(manifest))],
      ...files.map(([, name, bytes]) => [name, bytes] as const),
    ]),
  )
}, 60_000)
afterAll(() => rmSync(work, { recursive: true, force: true }))

let count = 0
function open(bytes: Buffer) {
  const file = path.join(work, 'passport')
  writeFileSync(file, bytes)
  const folder = path.join(work, `out-${++count}`)
  return openPassport({ file, folder }, () => undefined).finally(() => rmSync(folder, { recursive: true, force: true }))
}

it('takes the passport as it is', async () => {
  expect(await open(passport)).toMatchObject({ name: 'Random', verification: { largestDifference: 0 } })
})

it('finds every bit that is another, and names the part it lies in', async () => {
  const parts = await takeApart(passport)
  const places = [...parts].map(([name, bytes]) => {
    const start = passport.indexOf(bytes)
    return { name, start, end: start + bytes.length }
  })
  const borders = places.flatMap(({ start, end }) => [start - 40, start - 1, start, start + 1, end - 1, end])
  // Spread over the whole file by a step that is prime, so that every kind of byte is met.
  const spread = Array.from({ length: 600 }, (_, i) => (i * 7919 * 13) % passport.length)
  for (const at of new Set([...borders, ...spread, passport.length - 1])) {
    if (at < 0 || at >= passport.length) continue
    const changed = Buffer.from(passport)
    changed[at]! ^= 1 << (at % 8)
    const error = await open(changed).then(
      () => null,
      (thrown: unknown) => thrown as AppError,
    )
    expect(error, `byte ${at}`).toBeInstanceOf(AppError)
    expect(['ERR_7003', 'ERR_7004'], `byte ${at}`).toContain(error!.code)
    const inside = places.find(({ start, end }) => at >= start && at < end)
    if (inside !== undefined) expect(error!.details?.part, `byte ${at}`).toBe(inside.name)
  }
}, 120_000)
