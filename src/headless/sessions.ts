/** One-time links and the sessions they are traded for. Only hashes are kept, so no comparison depends on a secret's bytes. */
import { createHash, randomBytes } from 'node:crypto'

const LINK_LIFE_MS = 24 * 60 * 60_000

export interface Sessions {
  /** The token of a new one-time link; good for a day. */
  createToken(): string
  /** Trades a token for the value of a session cookie, once; `null` for one that is unknown, used or too old. */
  redeem(token: string): string | null
  /** Does the Cookie header carry a session of ours? */
  isOpen(cookieHeader: string | undefined): boolean
  /** The Set-Cookie header of a session. */
  cookie(session: string): string
}

/** `port` names the cookie: a browser has one jar for all ports of 127.0.0.1. */
export function createSessions(port: number, now: () => number = Date.now): Sessions {
  const name = `bindery-${port}`
  const links = new Map<string, number>()
  const sessions = new Set<string>()
  return {
    createToken: () => {
      const token = randomBytes(32).toString('base64url')
      for (const [hash, expires] of links) if (expires <= now()) links.delete(hash)
      links.set(digest(token), now() + LINK_LIFE_MS)
      return token
    },
    redeem: token => {
      const hash = digest(token)
      const expires = links.get(hash)
      links.delete(hash)
      if (expires === undefined || expires <= now()) return null
      const session = randomBytes(32).toString('base64url')
      sessions.add(digest(session))
      return session
    },
    isOpen: header => readCookies(header, name).some(value => sessions.has(digest(value))),
    cookie: session => `${name}=${session}; Path=/; HttpOnly; SameSite=Strict`,
  }
}

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/** Every value of the name: another server on this machine may have set one of its own beside ours. */
function readCookies(header: string | undefined, name: string): string[] {
  return (header ?? '')
    .split(';')
    .map(part => part.trim())
    .filter(part => part.startsWith(`${name}=`))
    .map(part => part.slice(name.length + 1))
}
