/**
 * Who may talk to the headless host.
 *
 * The host listens on 127.0.0.1 only, so the network cannot reach it. What can: (1) any page open in the user's browser,
 * from anywhere in the world, may send requests to 127.0.0.1; (2) any process of any user on this machine may connect;
 * (3) a name under a stranger's control may be made to point at 127.0.0.1 (DNS rebinding), which makes the stranger's page
 * same-origin with us in the browser's eyes. Behind it lie the user's data and the right to start long computations.
 *
 * - Host must be a loopback name, with any port, since an SSH tunnel may change it: ends (3), whose Host is the stranger's.
 * - Origin, where there is one, must be exactly the page's own, scheme, name and port; writes and the WebSocket, which
 *   browsers never send without one, must have one. `Sec-Fetch-Site` must not say that another site or another port asks,
 *   except for opening the page itself from a link: ends (1), including pages of other servers on localhost, which count as
 *   the same *site* and to which SameSite cookies are therefore sent.
 * - A session: a link with a random token, printed once in the terminal of the user, is traded once for a cookie that
 *   scripts cannot read (HttpOnly) and other sites cannot use (SameSite=Strict): ends (2). Its name carries the port,
 *   because browsers keep one jar for all ports of a name and two workspaces must not throw each other out.
 *
 * What it does not stop: another process of the same user, which can read the workspace itself; and a server that another
 * user of this machine runs on another port, if the user visits it under the same name: browsers would hand it our cookie.
 */
import type { IncomingMessage } from 'node:http'

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

export type Refusal = { status: 400 | 403; reason: string }

/** `null` lets the request pass to the session check. */
export function refuseRequest(request: Pick<IncomingMessage, 'headers' | 'method'>, isUpgrade = false): Refusal | null {
  const { host, origin } = request.headers
  if (host === undefined) return { status: 400, reason: 'no Host' }
  if (!LOOPBACK.test(host)) return { status: 403, reason: `Host ${host} is not this machine` }

  const isRead = !isUpgrade && (request.method === 'GET' || request.method === 'HEAD')
  if (origin === undefined && !isRead) return { status: 403, reason: 'no Origin' }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return { status: 403, reason: `Origin ${origin} is not http://${host}` }
  }
  const site = request.headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return null
  const opensPage =
    isRead && request.headers['sec-fetch-mode'] === 'navigate' && request.headers['sec-fetch-dest'] === 'document'
  return opensPage ? null : { status: 403, reason: `asked by another site (${site})` }
}
