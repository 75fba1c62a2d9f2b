import { expect, it } from 'vitest'
import type { RunSmi } from '../../node/nvidia-smi.ts'
import { createGpuMonitor } from './gpu-monitor.ts'

const CARD = '0, GPU-1, Card, 50, 1000, 2000, 60, 100\n'

function counted(answer: () => string | Error) {
  const asked: string[] = []
  let at = 0
  const run: RunSmi = async ([query]) => {
    asked.push(query!)
    const text = answer()
    if (text instanceof Error) throw text
    return query!.startsWith('--query-gpu') ? text : 'GPU-1, 7, 10\n'
  }
  return { asked, monitor: createGpuMonitor({ run, now: () => at }), pass: (ms: number) => (at += ms) }
}

it('asks once for all who want to know within a second', async () => {
  const { asked, monitor, pass } = counted(() => CARD)
  const [a, b] = await Promise.all([monitor.read(), monitor.read()])
  expect(a).toEqual(b)
  expect(a).toMatchObject({ gpus: [{ name: 'Card', percent: 50 }], problem: null })
  pass(500)
  await monitor.read()
  expect(asked).toHaveLength(1)
  pass(500)
  await monitor.read()
  expect(asked).toHaveLength(2)
})

it('never asks again where there is no such program', async () => {
  const { asked, monitor, pass } = counted(() =>
    Object.assign(new Error('spawn nvidia-smi ENOENT'), { code: 'ENOENT' }),
  )
  expect(await monitor.read()).toEqual({ gpus: null, problem: null })
  pass(3_600_000)
  expect(await monitor.processes()).toEqual([])
  await monitor.read()
  expect(asked).toHaveLength(1)
})

it('leaves a driver alone that does not answer, says why, and tries again later', async () => {
  const failure = Object.assign(new Error('failed'), { code: 9, stdout: 'NVIDIA-SMI has failed because …\n' })
  let answer: string | Error = failure
  const { asked, monitor, pass } = counted(() => answer)
  expect(await monitor.read()).toEqual({ gpus: null, problem: 'NVIDIA-SMI has failed because …' })
  pass(30_000)
  await monitor.read()
  expect(asked).toHaveLength(1)
  answer = CARD
  pass(31_000)
  expect((await monitor.read()).gpus).toHaveLength(1)
})
