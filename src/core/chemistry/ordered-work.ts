/** Work on a stream of inputs, several at a time, with results taken one by one in the order of the inputs. */

export interface OrderedWork<In> {
  /** Resolves when there is room for the next input; one call at a time. Rejects with the first error of anything before. */
  push(input: In): Promise<void>
  /** Resolves when the last result has been taken. */
  end(): Promise<void>
  /** Takes nothing more; resolves when nothing is being taken. What is worked on ends by itself. */
  abandon(): Promise<void>
}

export interface OrderedWorkOptions<In, Out> {
  /** Inputs that are worked on, or wait with their result for those before them. */
  inFlight: number
  work(input: In): Promise<Out>
  take(output: Out): Promise<void> | void
}

export function createOrderedWork<In, Out>({ inFlight, work, take }: OrderedWorkOptions<In, Out>): OrderedWork<In> {
  let taken: Promise<void> = Promise.resolve()
  let unfinished = 0
  let failure: { error: unknown } | null = null
  let wake: () => void = () => undefined

  function fail(error: unknown): void {
    failure ??= { error }
    wake()
  }

  return {
    push: async input => {
      while (unfinished >= inFlight && failure === null) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      if (failure !== null) throw failure.error
      unfinished++
      const output = work(input)
      // Its error is met where its turn to be taken comes; until then it must not count as unhandled.
      output.catch(() => undefined)
      taken = taken
        .then(async () => {
          if (failure !== null) return
          await take(await output)
        })
        .catch(fail)
        .finally(() => {
          unfinished--
          wake()
        })
    },
    end: async () => {
      await taken
      if (failure !== null) throw failure.error
    },
    abandon: async () => {
      fail(new Error('the work was abandoned'))
      await taken
    },
  }
}
