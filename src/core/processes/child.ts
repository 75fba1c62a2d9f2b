/**
 * A child process as the application sees it, whichever host forks it: `utilityProcess.fork` in Electron (its RunAsNode
 * fuse is off, so `child_process.fork` is dead there), `child_process.fork` in Node.
 */
export interface ChildHandle {
  /** Electron's processes have one only once they run. */
  readonly pid: number | undefined
  /** Once, when the process runs and has its pid; never where it could not be started, which `onExit` tells. */
  onSpawn(listener: (pid: number) => void): void
  /** Structured clone; silently dropped once the child is gone, which `onExit` tells. */
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Decoded text, split anywhere. */
  onOutput(listener: (stream: 'stdout' | 'stderr', text: string) => void): void
  /** Exactly once, when the process is gone. `code` is null when a signal ended it. */
  onExit(listener: (exit: { code: number | null; signal: string | null }) => void): void
  /** Closes the channel: a well-behaved child saves and exits. */
  disconnect(): void
  /** SIGTERM or SIGKILL by pid; `taskkill /T /F` on Windows. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

export type ChildName = 'trainer' | 'chem-worker' | 'predictor' | 'inspector' | 'provider-probe-child'
export type ForkChild = (name: ChildName) => ChildHandle
