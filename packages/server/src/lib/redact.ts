/**
 * A kind of secret by its shape. What the first group takes stays, the rest becomes the label.
 *
 * Each takes linear time: a pattern begins with a literal or behind a border, what it repeats is one class of characters, and
 * what may fail after such a run cannot begin again inside of it. None takes a quote, so a quoted text stays one.
 */
type Shape = { label: string; pattern: RegExp }

/** A value as it stands in a file or a log: up to a space, a quote, a backslash or a separator. */
const value = String.raw`[^\s"'\x60\\,;&<>(){}]`
/** Not what was redacted already. */
const fresh = String.raw`(?!\[REDACTED:)`
const is = String.raw`\\?["']?\s{0,4}(?:=>|[=:])\s{0,4}\\?["']?`
const names =
  '(?:api|access|private|secret|signing|encryption|auth|account)[_-]?key|token|secret|passw(?:or)?d|passphrase|credentials?'

const assigned = '[A-Z0-9]_(?:API_KEY|ACCESS_KEY|PRIVATE_KEY|TOKEN|SECRET|PASSWORD)='

/** From the specific to the general. */
const shapes: readonly Shape[] = [
  {
    label: 'PRIVATE_KEY',
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:[^-"'\\]|\\[nrt]|-(?!----))*(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
  {
    label: 'JWT',
    pattern: /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g,
  },
  { label: 'PARTNER_KEY', pattern: /(?<![A-Za-z0-9])mol_pk_\w{8,}/g },
  { label: 'MOLECULE_TOKEN', pattern: /(?<![A-Za-z0-9])mol_[a-z]{1,20}_[\w-]{20,}/g },
  { label: 'ANTHROPIC_KEY', pattern: /(?<![A-Za-z0-9])sk-ant-[\w-]{16,}/g },
  { label: 'API_KEY', pattern: /(?<![A-Za-z0-9])sk-[\w-]{16,}/g },
  {
    label: 'STRIPE_KEY',
    pattern: /(?<![A-Za-z0-9])(?:[rsp]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,}/g,
  },
  { label: 'GOOGLE_KEY', pattern: /(?<![A-Za-z0-9])AIza[\w-]{30,}/g },
  {
    label: 'GITHUB_TOKEN',
    pattern: /(?<![A-Za-z0-9])(?:gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g,
  },
  { label: 'AWS_KEY', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g },
  { label: 'SLACK_TOKEN', pattern: /(?<![A-Za-z0-9])(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}/g },
  { label: 'CLOUDFLARE_TOKEN', pattern: /(?<![A-Za-z0-9])cfut_[\w-]{16,}/g },
  { label: 'CONTEXT7_KEY', pattern: /(?<![A-Za-z0-9])ctx7(?:sk)?[_-][\w-]{16,}/g },
  { label: 'PASSWORD', pattern: /(:\/\/[^\s/:@"'\\]*:)[^\s/"'\\]+(?=@)/g },
  {
    label: 'AUTHORIZATION',
    pattern: new RegExp(
      `(authorization${is}(?:basic|digest|token|bearer)\\s{1,4})${fresh}${value}+`,
      'giu',
    ),
  },
  // A word that follows "bearer" in a sentence is shorter, and has no digit.
  {
    label: 'BEARER',
    pattern: /(\bbearer\s{1,4})(?:[\w.~+/=-]{20,}|(?=[a-z._~+/=-]{0,19}\d)[\w.~+/=-]{8,})/gi,
  },
  {
    label: 'SECRET',
    pattern: new RegExp(`(${assigned}["'])${fresh}[^"'\\\\\\n]+`, 'gu'),
  },
  {
    label: 'SECRET',
    pattern: new RegExp(`(${assigned})${fresh}${value}+`, 'gu'),
  },
  // A sentence may go on behind "token:"; a value has a digit, and no space.
  {
    label: 'SECRET',
    pattern: new RegExp(`((?:${names})${is})${fresh}(?=[^\\s\\d"']{0,40}\\d)${value}{6,}`, 'giu'),
  },
  // A long run alone may be a hash or a path: only behind a name it is a secret.
  {
    label: 'SECRET',
    pattern: /((?:key|token|secret|signature)[ :=]{1,4})[A-Za-z0-9][A-Za-z0-9+/_-]{39,}={0,2}/gi,
  },
]

/** Replaces what looks like a secret by `[REDACTED:<kind>]`. What is redacted once stays as it is. */
export function redact(text: string): string {
  let redacted = text
  for (const { label, pattern } of shapes)
    redacted = redacted.replace(
      pattern,
      (_, kept: unknown) => `${typeof kept === 'string' ? kept : ''}[REDACTED:${label}]`,
    )
  return redacted
}

/** The same for every text of a JSON document, for example a line of a log. */
export const redactJson = (json: string): string =>
  JSON.stringify(JSON.parse(json, (_, each) => (typeof each === 'string' ? redact(each) : each)))
