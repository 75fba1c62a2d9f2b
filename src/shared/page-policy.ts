/**
 * What the page may load and run, sent by both hosts with every answer. No address outside the application is reachable for
 * anything: not for scripts, not for fetches, not for images or fonts, so nothing that is shown can carry data away.
 *
 * Styles may be inline, for three reasons that have no other way: Mantine writes its variables into a `<style>` element,
 * its dialogs lock scrolling with another one, and RDKit's SVG drawings carry `style` attributes. What injected CSS could
 * do, telling a secret to a server by loading `url(...)`, is ruled out by the other lines. Scripts are files of ours only:
 * no inline script, no `eval`, no WebAssembly compilation.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers of every answer, whichever host gives it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), clipboard-read=()',
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** By the extension with its dot, in lower case; `undefined` is a file that the page has no use for. */
export function contentTypeOf(extension: string): string | undefined {
  return CONTENT_TYPES[extension]
}
