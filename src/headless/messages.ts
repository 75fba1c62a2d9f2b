/** The few answers that a person may see in the browser outside the page itself. */
import type { IncomingMessage, ServerResponse } from 'node:http'

export function answerMessage(response: ServerResponse, status: number, text: string): void {
  answerHtml(response, status, `<!doctype html><meta charset="utf-8"><title>Bindery</title><p>${escapeHtml(text)}</p>`)
}

/**
 * On to the page, without the token in the address. Where the link was clicked on a page of another site (a terminal in a
 * browser), a redirect would still count as that site's navigation and go without the SameSite=Strict cookie; a page of
 * ours that leads on does not.
 */
export function answerOpened(request: IncomingMessage, response: ServerResponse): void {
  const site = request.headers['sec-fetch-site']
  if (site === undefined || site === 'none' || site === 'same-origin') {
    response.writeHead(303, { location: '/', 'cache-control': 'no-store' }).end()
    return
  }
  const html =
    '<!doctype html><meta charset="utf-8"><title>Bindery</title><meta http-equiv="refresh" content="0; url=/">'
  answerHtml(response, 200, html)
}

function answerHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
    'cache-control': 'no-store',
    ...(status >= 400 ? { connection: 'close' } : {}),
  })
  response.end(html)
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
