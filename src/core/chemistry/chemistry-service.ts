/**
 * Chemistry for the rest of the application, answered by worker processes. Short calls share one worker that is kept warm;
 * a long one (an import, the features of a data set) gets a process of its own that ends with it, so that nobody waits behind it;
 * blocks of bulk work are spread over a pool, one process a core.
 */
import { availableParallelism } from 'node:os'
import type { Log } from '../../node/log.ts'
import type {
  ChemCallKind,
  ChemCalls,
  DepictedStructure,
  FeaturisedStructure,
  FeaturiseFileInput,
  FeaturiseFileResult,
  ParsedStructure,
  ParseInput,
  RefusedStructure,
} from '../../shared/chem-protocol.ts'
import { AppError } from '../../shared/errors.ts'
import type { ForkChild } from '../processes/child.ts'
import { type CallLimits, CallNotStarted, type CallOptions, ChemWorker } from './chem-worker.ts'
import { createSlots } from './slots.ts'
import { createWorkerPool } from './worker-pool.ts'

export interface ChemistryService {
  parse(input: ParseInput, options?: CallOptions): Promise<(ParsedStructure | RefusedStructure)[]>
  featurise(
    smiles: string[],
    sections: string[],
    options?: CallOptions,
  ): Promise<(FeaturisedStructure | RefusedStructure)[]>
  /** In a process of its own; `options.onPid` tells which. */
  featuriseFile(input: FeaturiseFileInput, options?: CallOptions): Promise<FeaturiseFileResult>
  depict(input: ChemCalls['depict']['input'], options?: CallOptions): Promise<(DepictedStructure | RefusedStructure)[]>
  /**
   * Any call. ERR_9001 where the worker died, ERR_9002 where it passed its deadline or fell silent, ERR_9003 where it used too
   * much memory, ERR_4004 where `signal` aborted; in each case the process is gone before the promise rejects.
   */
  request<K extends ChemCallKind>(kind: K, input: ChemCalls[K]['input'], options?: RequestOptions): Promise<Answer<K>>
  /** Workers of the pool at most: as many blocks are worked on at one time. */
  readonly poolSize: number
  /** Starts all workers of the pool, each of which takes a second or two to begin, before there is work for them. */
  warmPool(): void
  /** Ends every worker and waits until they are gone. Idempotent. */
  close(): Promise<void>
}

export interface RequestOptions extends CallOptions {
  /** `own`: a process that ends with the call; `pool`: one of many, for blocks of bulk work; `shared`: the warm one. */
  process?: 'shared' | 'own' | 'pool'
}
export interface Answer<K extends ChemCallKind> {
  /** Empty where `onItems` took them. */
  items: ChemCalls[K]['item'][]
  result: ChemCalls[K]['result']
}

export interface ChemistryOptions {
  fork: ForkChild
  log: Log
  limits?: Partial<CallLimits>
  /** Own processes at one time; further calls wait for a place. The lanes of the jobs need five. */
  ownProcesses?: number
  /** Workers for bulk work; one a core where it is left out, 16 at most. */
  poolSize?: number
  /** How long such a worker waits for more. */
  poolIdleMs?: number
}

const DEFAULT_LIMITS: CallLimits = {
  startMs: 60_000,
  deadlineMs: 120_000,
  silenceMs: 60_000,
  memoryBytes: 2 * 1024 ** 3,
}
/** Each takes some 200 MiB: a machine of very many cores has better uses for its memory. */
const MOST_POOL_WORKERS = 16
const POOL_IDLE_MS = 15_000

export function createChemistry(options: ChemistryOptions): ChemistryService {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const slots = createSlots(options.ownProcesses ?? 5)
  const alive = new Set<ChemWorker>()
  let shared: ChemWorker | null = null
  let closed = false
  const pool = createWorkerPool({
    size: options.poolSize ?? Math.min(MOST_POOL_WORKERS, availableParallelism()),
    idleMs: options.poolIdleMs ?? POOL_IDLE_MS,
    start: startWorker,
  })

  function startWorker(): ChemWorker {
    if (closed) throw new AppError('ERR_4001', 'the application is closing')
    const worker = new ChemWorker({ child: options.fork('chem-worker'), limits, log: options.log })
    alive.add(worker)
    void worker.gone.then(() => {
      alive.delete(worker)
      if (shared === worker) shared = null
    })
    return worker
  }

  function sharedWorker(): ChemWorker {
    // A worker that is being killed answers nothing more; the next call must not wait for its end.
    if (shared === null || shared.failed) shared = startWorker()
    return shared
  }

  async function sharedCall<K extends ChemCallKind>(
    kind: K,
    input: ChemCalls[K]['input'],
    call: CallOptions,
  ): Promise<Answer<K>> {
    for (;;) {
      try {
        return await sharedWorker().call(kind, input, call)
      } catch (error) {
        // The call before this one took the process down with it; this one has done nothing yet.
        if (!(error instanceof CallNotStarted)) throw error
      }
    }
  }

  async function request<K extends ChemCallKind>(
    kind: K,
    input: ChemCalls[K]['input'],
    call: RequestOptions = {},
  ): Promise<Answer<K>> {
    if (call.process === 'pool') return pool.call(kind, input, call)
    if (call.process !== 'own') return sharedCall(kind, input, call)
    const leave = await slots.enter(call.signal)
    try {
      const worker = startWorker()
      try {
        return await worker.call(kind, input, call)
      } finally {
        await worker.stop()
      }
    } finally {
      leave()
    }
  }

  return {
    request,
    poolSize: pool.size,
    warmPool: () => {
      for (let i = 0; i < pool.size; i++) {
        pool
          .call('parse', { smiles: [] }, {})
          // Whoever has work for the worker meets the same fault and tells of it.
          .catch((error: unknown) => options.log.warn({ err: error }, 'a chemistry worker could not be started early'))
      }
    },
    parse: async (input, call) => (await request('parse', input, call)).items,
    featurise: async (smiles, sections, call) => (await request('featurise', { smiles, sections }, call)).items,
    featuriseFile: async (input, call) =>
      // However long it takes: what counts is that it goes on.
      (await request('featuriseFile', input, { deadlineMs: null, ...call, process: 'own' })).result,
    depict: async (input, call) => (await request('depict', input, call)).items,
    close: async () => {
      closed = true
      pool.close()
      await Promise.all([...alive].map(worker => worker.stop()))
    },
  }
}
