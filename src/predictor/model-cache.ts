import { LRUCache } from 'lru-cache'
import type { PredictorStats } from '../shared/predictor-protocol.ts'
import { folderSignature, type LoadedModel, loadModel } from './loaded-model.ts'

export interface CacheLimits {
  readonly models: number
  readonly bytes: number
}

const LIMITS: CacheLimits = { models: 3, bytes: 2 * 1024 ** 3 }

interface Entry {
  readonly model: LoadedModel
  readonly signature: string
}

/**
 * The models used last, by their folders. A model that was evicted is released before the call that evicted it returns; the caller must
 * not use one model while it asks for another.
 */
export class ModelCache {
  readonly #entries: LRUCache<string, Entry>
  readonly #limits: CacheLimits
  #evicted: LoadedModel[] = []
  #hits = 0
  #misses = 0
  #evictions = 0

  constructor(limits: CacheLimits = LIMITS) {
    this.#limits = limits
    this.#entries = new LRUCache({
      max: limits.models,
      maxSize: limits.bytes,
      // A model larger than the whole cache is kept alone rather than refused.
      sizeCalculation: ({ model }) => Math.min(model.sizeBytes, limits.bytes),
      dispose: ({ model }, _folder, reason) => {
        this.#evicted.push(model)
        if (reason === 'evict') this.#evictions++
      },
    })
  }

  get folders(): string[] {
    return [...this.#entries.keys()]
  }

  /** Since the process began; the models the one used last first. */
  get stats(): PredictorStats {
    const models = [...this.#entries.entries()].map(([folder, { model }]) => ({ folder, sizeBytes: model.sizeBytes }))
    return { models, hits: this.#hits, misses: this.#misses, evictions: this.#evictions }
  }

  get limits(): CacheLimits {
    return this.#limits
  }

  /** Loads it where it is not held, or where its files have changed since. */
  async get(folder: string): Promise<LoadedModel> {
    const signature = await folderSignature(folder)
    const known = this.#entries.get(folder)
    if (known?.signature === signature) {
      this.#hits++
      return known.model
    }
    this.#misses++
    await this.unload(folder)
    const model = await loadModel(folder)
    this.#entries.set(folder, { model, signature })
    await this.#releaseEvicted()
    return model
  }

  /** Releases a model before its folder is removed. */
  async unload(folder: string): Promise<void> {
    this.#entries.delete(folder)
    await this.#releaseEvicted()
  }

  async #releaseEvicted(): Promise<void> {
    const evicted = this.#evicted
    this.#evicted = []
    for (const { session } of evicted) await session.release()
  }
}
