import { DomainError } from '../error.ts'

const MAX_URL = 2048

/** The address at which an outside agent says it can be called, once nothing about its form speaks against it. */
export function checkAgentUrl(url: string): string {
  const problem = problemOf(url)
  if (problem === undefined) return url
  throw new DomainError('url_refused', `the url ${problem}`, {
    hint: 'Give an address that this server can call, such as https://agent.example/a2a, or use delivery_mode poll.',
    fields: [{ path: 'url', message: problem }],
  })
}

function problemOf(url: string): string | undefined {
  if (url === '') return 'is missing, and push needs one'
  if (url.length > MAX_URL) return `is longer than ${MAX_URL} characters`
  if (!URL.canParse(url)) return 'is not a complete address'
  const { protocol, username, password } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return 'must begin with http:// or https://'
  return username || password ? 'must not hold a user name or a password' : undefined
}
