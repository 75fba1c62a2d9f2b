/** Where the page lives: a scheme of our own, so that nothing has to listen on a port. */
export const PAGE_SCHEME = 'app'
export const PAGE_URL = 'app://bindery/'

/** The page itself. URLs of our scheme have no `origin` in Node, so scheme and host are compared. */
export function isPageUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, username, password } = new URL(url)
  return protocol === 'app:' && host === 'bindery' && username === '' && password === ''
}

/** Sites the user may be sent to, in the browser: papers, the project. */
const EXTERNAL_HOSTS = new Set(['doi.org', 'github.com', 'www.ebi.ac.uk', 'pubchem.ncbi.nlm.nih.gov', 'www.rcsb.org'])

export function isAllowedOutside(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, port, username, password } = new URL(url)
  return protocol === 'https:' && EXTERNAL_HOSTS.has(hostname) && port === '' && username === '' && password === ''
}
