import { isMadeByTools, isProse, isTest } from '../repository/file-kind.ts'
import { isPlaceholder, looksRandom } from './placeholder.ts'
import { providerRules, type SecretRule } from './provider-rules.ts'

/** A pattern and what else must be true of a match. */
export type Detector = {
  rule: SecretRule
  accepts: (value: string, match: RegExpExecArray) => boolean
  applies: (path: string) => boolean
}

const anywhere = () => true
const move = 'Replace it where it is used, and read it from the environment or a secret store.'

const privateKey: Detector = {
  rule: {
    id: 'private-key',
    title: 'Private key',
    severity: 'critical',
    hints: ['PRIVATE KEY'],
    pattern:
      /-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----(?=((?:(?!-----)[\s\S]){0,400}))/g,
    fix: 'Treat the key as known to others: replace the key pair everywhere it is trusted.',
  },
  applies: (path) => !isTest(path),
  accepts: hasKeyBody,
}

const minBodyChars = 60

/** Documentation and parsers name the frame; only a key has a body behind it. */
function hasKeyBody(after: string): boolean {
  const body = after.replace(/\\[nr]|^[A-Za-z-]+: .*$/gm, '').replace(/[\s"'+,`]/g, '')
  const base64 = /^[A-Za-z0-9+/=]*/.exec(body)?.[0] ?? ''
  return base64.length >= minBodyChars && !isPlaceholder(base64.slice(0, minBodyChars))
}

const webToken: Detector = {
  rule: {
    id: 'web-token',
    title: 'JSON Web Token',
    severity: 'high',
    hints: ['eyJ'],
    pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}(?![\w-])/g,
    fix: 'End the session or key it stands for, and take it out.',
  },
  applies: (path) => !isProse(path),
  accepts: isIssuedToken,
}

/** The token of the format's introduction names this subject. */
const introductionSubject = '1234567890'

function isIssuedToken(value: string): boolean {
  const [header, payload] = value.split('.')
  const claims = decoded(payload)
  return (
    decoded(header)?.alg !== undefined && claims !== undefined && claims.sub !== introductionSubject
  )
}

function decoded(part = ''): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return undefined
  }
}

const urlPassword: Detector = {
  rule: {
    id: 'url-password',
    title: 'Password in an address',
    severity: 'high',
    hints: ['://'],
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'`]{1,80}:([^\s:/@"'`]{8,100})@[\w.-]{3,}/gi,
    fix: move,
  },
  applies: (path) => !isTest(path) && !isProse(path),
  accepts: (value, match) =>
    looksRandom(value) && !/@(?:localhost|127\.|[\w.-]*example)/i.test(match[0]),
}

const name =
  '(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|encryption[_-]?key|signing[_-]?key|credential)'
const assignedRule = {
  id: 'assigned-secret',
  title: 'Secret in plain text',
  severity: 'high',
  hints: [] as string[],
  fix: move,
} as const
const isConfiguration = (path: string) =>
  /(?:^|\/)(?:\.env[\w.-]*|dockerfile|\.npmrc|\.netrc)$|\.(?:env|properties|ini|cfg|conf|toml|ya?ml|sh|tfvars)$/i.test(
    path,
  )
/** Says where a secret is, what it is called or what it looks like: not the secret. */
const describes =
  /(?:url|uri|endpoint|path|file|name|field|label|header|type|kind|pattern|regex|format|prefix|suffix|expir\w*|ttl|length|size|id|param|version|hash|digest|placeholder|message|error|hint|\.\w{1,4})$/i
const ownCode = (path: string) => !isTest(path) && !isProse(path) && !isMadeByTools(path)

const quotedSecret: Detector = {
  rule: {
    ...assignedRule,
    pattern: new RegExp(
      `${name}([\\w.-]{0,40})["'\`\\]]{0,2}\\s{0,4}(?:=>|:=|[:=])\\s{0,4}(?<quote>["'\`])(?<value>[^"'\`\\s\\\\]{10,200})\\k<quote>`,
      'gi',
    ),
  },
  applies: ownCode,
  accepts: (value, match) => !describes.test(match[1] ?? '') && looksRandom(value),
}

const bareSecret: Detector = {
  rule: {
    ...assignedRule,
    pattern: new RegExp(
      `^(?:[^\\S\\n]{0,40}(?:export|env|arg|set|-)[^\\S\\n])?[^\\S\\n]{0,40}[\\w./:-]{0,60}${name}([\\w.-]{0,40})[^\\S\\n]{0,4}[:=][^\\S\\n]{0,4}(?<value>[^\\s"'\`#]{10,200})[^\\S\\n]*$`,
      'gim',
    ),
  },
  applies: (path) => isConfiguration(path) && ownCode(path),
  accepts: (value, match) => !describes.test(match[1] ?? '') && looksRandom(value),
}

/** The more exact ones first: a place counts once. */
export const detectors: readonly Detector[] = [
  ...providerRules.map(
    (rule): Detector => ({ rule, applies: anywhere, accepts: (value) => !isPlaceholder(value) }),
  ),
  privateKey,
  webToken,
  urlPassword,
  quotedSecret,
  bareSecret,
]
