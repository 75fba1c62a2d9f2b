/** pino-roll ships no types. These are the options used here. */
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events'

  interface RollingFile extends EventEmitter {
    write(text: string): boolean
    end(): void
    flushSync(): void
  }
  interface RollingFileOptions {
    file: string
    extension?: string
    size?: string | number
    limit?: { count?: number; removeOtherLogFiles?: boolean }
    mkdir?: boolean
    sync?: boolean
  }
  export default function build(options: RollingFileOptions): Promise<RollingFile>
}
