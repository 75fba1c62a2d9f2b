import { expect, it } from 'vitest'
import { parseGpuProcesses, parseGpus, type RunSmi, readGpuProcesses, readGpus } from './nvidia-smi.ts'

const MIB = 1024 ** 2
const run =
  (text: string): RunSmi =>
  async () =>
    text
const failing =
  (code: unknown, stdout = ''): RunSmi =>
  () =>
    Promise.reject(Object.assign(new Error('Command failed: nvidia-smi'), { code, stdout }))

it('reads several cards, and what a card does not know as not available', () => {
  const text = [
    '0, GPU-5a3c1f5e-0b1d-4c39-9d2b-9a7f2c1e8d10, NVIDIA GeForce RTX 4090, 97, 20114, 24564, 71, 412.53',
    '1, GPU-7be44c11-6f7e-2d53-8a31-0f1f6a5b2c22, NVIDIA T1000 8GB, 0, 3, 8192, 38, [N/A]',
    '2, GPU-0d1e2f30-aaaa-bbbb-cccc-1234567890ab, NVIDIA Tegra, Orin, [Not Supported], [N/A], [N/A], 45, [Unknown Error]',
    '',
  ].join('\r\n')
  expect(parseGpus(text)).toEqual([
    {
      index: 0,
      uuid: 'GPU-5a3c1f5e-0b1d-4c39-9d2b-9a7f2c1e8d10',
      name: 'NVIDIA GeForce RTX 4090',
      percent: 97,
      memoryUsedBytes: 20114 * MIB,
      memoryTotalBytes: 24564 * MIB,
      temperatureC: 71,
      powerWatts: 412.53,
    },
    expect.objectContaining({ index: 1, name: 'NVIDIA T1000 8GB', percent: 0, powerWatts: null }),
    expect.objectContaining({
      name: 'NVIDIA Tegra, Orin',
      percent: null,
      memoryUsedBytes: null,
      memoryTotalBytes: null,
      temperatureC: 45,
      powerWatts: null,
    }),
  ])
})

it('finds a process by its pid on each of its cards', () => {
  const uuid = (digit: number): string => `GPU-${String(digit).repeat(8)}`
  const text = `${uuid(1)}, 4711, 1874\n${uuid(2)}, 4711, 620\n${uuid(2)}, 99, [N/A]\n`
  expect(parseGpuProcesses(text)).toEqual([
    { gpuUuid: uuid(1), pid: 4711, memoryBytes: 1874 * MIB },
    { gpuUuid: uuid(2), pid: 4711, memoryBytes: 620 * MIB },
    { gpuUuid: uuid(2), pid: 99, memoryBytes: null },
  ])
  expect(parseGpuProcesses('')).toEqual([])
})

it('tells absent from failed, in the words of the driver', async () => {
  expect(await readGpus(failing('ENOENT'))).toEqual({ state: 'absent' })
  const mismatch = 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54\n'
  expect(await readGpus(failing(18, mismatch))).toEqual({
    state: 'failed',
    message: 'Failed to initialize NVML: Driver/library version mismatch',
  })
  expect(await readGpus(failing(6, 'No devices were found\n'))).toMatchObject({ message: 'No devices were found' })
  expect(await readGpuProcesses(failing(null))).toMatchObject({ message: 'Command failed: nvidia-smi' })
})

it('believes no line of another shape', async () => {
  const lost = 'Unable to determine the device handle for GPU0000:01:00.0: Unknown Error\n'
  for (const text of [
    lost,
    '0, GPU-1, Card, 12, 30\n',
    '0, GPU-1, Card, busy, 1, 2, 3, 4\n',
    'x, GPU-1, Card, 1, 1, 2, 3, 4\n',
  ])
    expect(await readGpus(run(text))).toMatchObject({ state: 'failed', message: expect.stringContaining('nvidia-smi') })
  expect(await readGpuProcesses(run('No running processes found\n'))).toMatchObject({ state: 'failed' })
})
