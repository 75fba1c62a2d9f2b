/** The few words both threads of a trainer share; the worker looks at them between two runs of ONNX Runtime. */
export type StopRequest = 'cancel' | 'pause'

const WORDS = 3
const STOP = 0
const SAVE = 1
const STEP = 2
const REQUESTS: readonly (StopRequest | null)[] = [null, 'cancel', 'pause']

export class Control {
  /** Hand this to the other thread. */
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(buffer = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  /** A cancel is never taken back by a pause. */
  requestStop(request: StopRequest): void {
    if (this.stopRequest !== 'cancel') Atomics.store(this.#words, STOP, REQUESTS.indexOf(request))
  }

  get stopRequest(): StopRequest | null {
    return REQUESTS[Atomics.load(this.#words, STOP)] ?? null
  }

  requestSave(): void {
    Atomics.store(this.#words, SAVE, 1)
  }

  /** True once for each request. */
  takeSaveRequest(): boolean {
    return Atomics.exchange(this.#words, SAVE, 0) === 1
  }

  get step(): number {
    return Atomics.load(this.#words, STEP)
  }

  set step(step: number) {
    Atomics.store(this.#words, STEP, step)
  }
}
