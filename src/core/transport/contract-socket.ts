/** The contract over one WebSocket, the same for the browser on 127.0.0.1 and for another process on the local socket. */
import { RPCHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import type { HostedApp } from './hosted-app.ts'

/** Fits 1,000 SMILES of 10,000 characters, the largest call of the contract. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024
const PING_MS = 20_000

/** Answers calls until the socket closes; calls and streams still open then are aborted. */
export type ServeContract = (socket: WebSocket) => void

export function createContractServer(router: HostedApp['router']): ServeContract {
  const handler = new RPCHandler(router)
  return socket => {
    keepAlive(socket)
    // oRPC waits for `send` before it reads the next item of a stream. ws calls back once the bytes have left, so a reader
    // that is slower than a stream holds the stream up and nothing piles up in memory.
    const send: (data: Parameters<WebSocket['send']>[0]) => Promise<void> = data =>
      new Promise((resolve, reject) => {
        socket.send(data, error => (error ? reject(error) : resolve()))
      })
    const paced = { addEventListener: socket.addEventListener.bind(socket), send }
    void handler.upgrade(paced, { context: {} })
  }
}

/** A peer that vanished without closing (a laptop that went to sleep, a cut tunnel) is noticed after two missed pings. */
function keepAlive(socket: WebSocket): void {
  let missed = 0
  socket.on('pong', () => {
    missed = 0
  })
  const timer = setInterval(() => {
    missed += 1
    if (missed > 2) socket.terminate()
    else socket.ping()
  }, PING_MS)
  timer.unref()
  socket.on('close', () => clearInterval(timer))
  // 'close' follows; without a listener the error of a single connection would end the process.
  socket.on('error', () => socket.terminate())
}
