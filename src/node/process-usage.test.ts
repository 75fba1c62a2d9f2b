import { expect, it } from 'vitest'
import { parseProcStat, parsePsUsage, parseTasklistUsage, readProcessUsage } from './process-usage.ts'

it('reads the time of proc(5) whatever the name of the process', () => {
  const rest = 'S 1 4711 4711 0 -1 4194304 9001 0 12 0 1234 66 7 8 20 0 11 0 99 1000 500'
  expect(parseProcStat(`4711 (node) ${rest}\n`)).toBe(13_000)
  expect(parseProcStat(`4711 (a) b (c) ${rest}\n`)).toBe(13_000)
  expect(parseProcStat('')).toBeNull()
})

it('reads what ps and tasklist print', () => {
  expect(parsePsUsage('  54321   1:02.33\n')).toEqual({ cpuMs: 62_330, residentBytes: 54_321 * 1024 })
  expect(parsePsUsage('100 1-02:03:04\n')).toEqual({ cpuMs: 93_784_000, residentBytes: 102_400 })
  expect(parsePsUsage('\n')).toBeNull()
  const line = '"node.exe","1234","Console","1","54,321 K","Running","HOST\\a user","0:01:02","N/A"\r\n'
  expect(parseTasklistUsage(line)).toEqual({ cpuMs: 62_000, residentBytes: 54_321 * 1024 })
  expect(parseTasklistUsage('INFO: No tasks are running which match the specified criteria.\r\n')).toBeNull()
})

it('reads this process as it knows itself, and none that is not there', async () => {
  const before = process.cpuUsage()
  const usage = await readProcessUsage(process.pid)
  const own = (before.user + before.system) / 1000
  expect(usage!.cpuMs).toBeGreaterThan(own - 50)
  expect(usage!.residentBytes / process.memoryUsage.rss()).toBeCloseTo(1, 0)
  expect(await readProcessUsage(2 ** 22 + 1)).toBeNull()
})
