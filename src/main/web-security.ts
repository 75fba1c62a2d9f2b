/**
 * What web content may do, which is: be our page. It gets no permission, reaches no network, goes nowhere else, opens no
 * window and embeds nothing; a link the user clicks opens in the browser if it leads to a site we send people to.
 */
import { type Session, shell, type WebContents } from 'electron'
import { isAllowedOutside, isPageUrl } from './page-address.ts'

/** Beside the page: blobs and data that it made itself, and the developer tools. */
const LOCAL_SCHEMES = new Set(['blob:', 'data:', 'devtools:'])

export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isLocal(url) }))
  // The page saves charts and tables that it made itself; everything else goes through `saveDownload`.
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith('blob:app://bindery/')) event.preventDefault()
  })
}

export function lockContents(contents: WebContents): void {
  contents.on('will-navigate', event => {
    if (!isPageUrl(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', event => event.preventDefault())
  contents.on('will-frame-navigate', event => {
    if (!event.isMainFrame || !isPageUrl(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', event => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (isAllowedOutside(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

function isLocal(url: string): boolean {
  return isPageUrl(url) || (URL.canParse(url) && LOCAL_SCHEMES.has(new URL(url).protocol))
}
