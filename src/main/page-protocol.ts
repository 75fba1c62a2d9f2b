/** Serves the built page as `app://bindery/…`. */
import { readFile } from 'node:fs/promises'
import { type Protocol, protocol } from 'electron'
import type { PageFiles } from '../core/transport/page-files.ts'
import { PAGE_HEADERS } from '../shared/page-policy.ts'
import { isPageUrl, PAGE_SCHEME } from './page-address.ts'

/** Before the application is ready: the scheme gets an origin, a secure context and fetch; no CORS, no service workers. */
export function registerPageScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: PAGE_SCHEME, privileges }])
}

export function servePage(target: Pick<Protocol, 'handle'>, files: PageFiles): void {
  target.handle(PAGE_SCHEME, async ({ url, method }) => {
    const found = isPageUrl(url) && method === 'GET' ? files.get(new URL(url).pathname) : undefined
    if (found === undefined) return new Response('', { status: 404, headers: PAGE_HEADERS })
    const headers = { ...PAGE_HEADERS, 'content-type': found.contentType, 'cache-control': 'no-cache' }
    return new Response(await readFile(found.file), { headers })
  })
}
