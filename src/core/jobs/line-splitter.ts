/** Text that arrives in pieces, handed on by whole lines. A line beyond the limit is handed on in parts. */
export interface LineSplitter {
  push(text: string): void
  /** Hands on what no line end follows. */
  end(): void
}

export function createLineSplitter(onLine: (line: string) => void, limit = 10_000): LineSplitter {
  let rest = ''
  const emit = (line: string): void => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    if (text !== '') onLine(text)
  }
  return {
    push: text => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) emit(line)
      while (rest.length > limit) {
        emit(rest.slice(0, limit))
        rest = rest.slice(limit)
      }
    },
    end: () => {
      emit(rest)
      rest = ''
    },
  }
}
