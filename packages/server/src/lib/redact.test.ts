import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact, redactJson } from './redact.ts'
import { newToken } from './token.ts'

const alnum = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6lM9oR2uX5'
const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${alnum}`
const pem = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n${alnum}+/==\n-----END ${kind}PRIVATE KEY-----`

/** Secrets as they come, joined so that no scanner of this repository takes them for real ones. */
const secrets: [kind: string, secret: string][] = [
  ['PRIVATE_KEY', pem('')],
  ['PRIVATE_KEY', pem('RSA ')],
  ['PRIVATE_KEY', pem('OPENSSH ')],
  ['JWT', jwt],
  ['PARTNER_KEY', `mol_pk_live_${'0123456789abcdef'.repeat(2)}`],
  ['MOLECULE_TOKEN', newToken('admin')],
  ['MOLECULE_TOKEN', newToken('org_token')],
  ['ANTHROPIC_KEY', `sk-ant-api03-${alnum}`],
  ['API_KEY', `sk-${alnum.slice(0, 16)}`],
  ['API_KEY', `sk-proj-${alnum}`],
  ['STRIPE_KEY', `sk_live_${alnum}`],
  ['STRIPE_KEY', `whsec_${alnum}`],
  ['GOOGLE_KEY', `AIza${alnum.slice(0, 35)}`],
  ['GITHUB_TOKEN', `ghp_${alnum.slice(0, 36)}`],
  ['GITHUB_TOKEN', `gho_${alnum.slice(0, 36)}`],
  ['GITHUB_TOKEN', `ghs_${alnum.slice(0, 36)}`],
  ['GITHUB_TOKEN', `github_pat_${alnum}`],
  ['AWS_KEY', `AKIA${'ABCDEFGH01234567'}`],
  ['AWS_KEY', `ASIA${'ABCDEFGH01234567'}`],
  ['SLACK_TOKEN', `xoxb-1234567890-${alnum}`],
  ['CLOUDFLARE_TOKEN', `cfut_${alnum}`],
  ['CONTEXT7_KEY', `ctx7_${alnum}`],
]

test.each(secrets)('CM-78: a %s is taken out, wherever it stands: %s', (kind, secret) => {
  const label = `[REDACTED:${kind}]`

  for (const [before, after] of [
    ['', ''],
    ['it said: ', ', and ended'],
    ['(', ')'],
    ['{"x":"', '"}'],
    ['é', '\n😀'],
  ] as const)
    expect(redact(`${before}${secret}${after}`)).toBe(`${before}${label}${after}`)
})

test.each([
  ['OPENAI_API_KEY=abc', 'OPENAI_API_KEY=[REDACTED:SECRET]'],
  ['export GH_TOKEN="se cret"', 'export GH_TOKEN="[REDACTED:SECRET]"'],
  ['MY_SECRET=x next=y', 'MY_SECRET=[REDACTED:SECRET] next=y'],
  ['{"api_key": "hunter2hunter"}', '{"api_key": "[REDACTED:SECRET]"}'],
  [
    '{"text":"{\\"password\\":\\"hunter2\\"}"}',
    '{"text":"{\\"password\\":\\"[REDACTED:SECRET]\\"}"}',
  ],
  ['password: hunter2', 'password: [REDACTED:SECRET]'],
  ['Authorization: Basic YWRtaW46', 'Authorization: Basic [REDACTED:AUTHORIZATION]'],
  ['with Bearer abc.def-123456', 'with Bearer [REDACTED:BEARER]'],
  ['postgres://molecule:p@ss:w@db:5432/x', 'postgres://molecule:[REDACTED:PASSWORD]@db:5432/x'],
  [`the secret ${alnum}`, 'the secret [REDACTED:SECRET]'],
  [`-----BEGIN PRIVATE KEY-----\n${alnum}`, '[REDACTED:PRIVATE_KEY]'],
])('CM-78: of %s the value is taken out, its name stays', (given, wanted) => {
  expect(redact(given)).toBe(wanted)
})

test.each([
  createHash('sha256').update('x').digest('hex'),
  `commit ${createHash('sha1').update('x').digest('hex')}`,
  `sha512-${createHash('sha512').update('x').digest('base64')}`,
  '/usr/lib/node_modules/molecule/packages/server/src/domain/task/task-attempt.ts:141:9',
  'the key /home/somebody/projects/with/a/long/path/to/a/file-1.pem is missing',
  crypto.randomUUID(),
  'https://example.com:8080/a/very/long/path/that/goes/on/and/on?page=2#fragment',
  'a bearer token is needed, and bearer authentication fails without one',
  'token: this is not a valid token; secret: none',
  'max_tokens: 4096, token_count=12, tokens=12345678',
  'risk-assessment-of-the-whole-organization',
  'The agent host ended before it was ready. Its last lines:\nError: Cannot find module "x"',
  'AKIA is how such keys begin',
])('CM-78: what is no secret stays whole: %s', (text) => {
  expect(redact(text)).toBe(text)
})

/** Text out of all that the shapes are made of, so that it nearly matches everywhere. */
const pieces = [
  ...secrets.map(([, secret]) => secret),
  ...secrets.map(([, secret]) => secret.slice(0, 14)),
  ...'eyJ a -----BEGIN PRIVATE KEY----- -----END mol_ mol_pk_ sk- sk-ant- AIza ghp_ AKIA xoxb- cfut_ ctx7_ ://u: @ Bearer token= key: PASSWORD= X_TOKEN= api_key= secret Authorization: Basic [REDACTED:X] " \' \\ \\n \n / . - _ = : 1 é 😀 \ud800'.split(
    ' ',
  ),
  ' ',
]
const nearSecrets = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 3 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''))

test('what is redacted once stays as it is', () => {
  fc.assert(
    fc.property(nearSecrets, (text) => {
      const once = redact(text)
      expect(redact(once)).toBe(once)
    }),
    { numRuns: 3000 },
  )
})

test('text that is well formed stays well formed', () => {
  fc.assert(
    fc.property(nearSecrets, (text) => {
      const wellFormed = text.toWellFormed()
      expect(redact(wellFormed).isWellFormed()).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('a line of a log stays the same JSON but for its secrets', () => {
  const line = JSON.stringify({ level: 40, msg: 'password: hunter2"}', error: { stack: [jwt] } })

  expect(JSON.parse(redactJson(line))).toEqual({
    level: 40,
    msg: 'password: [REDACTED:SECRET]"}',
    error: { stack: ['[REDACTED:JWT]'] },
  })
})

const MEGABYTE = 1024 * 1024
const cpuMs = (text: string): number => {
  const times = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage()
    redact(text)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...times)
}

test.each([
  ...new Set(pieces.filter((piece) => piece !== '')),
  'eyJ-',
  'eyJaaaaa.',
  '://u:p',
  'a@',
  '-----BEGIN PRIVATE KEY-----a',
  'X_TOKEN="',
  'bearer a',
  'token: aaaaaa',
  'key=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ',
])('twice the text of %j takes about twice the work', (piece) => {
  const text = piece.repeat(MEGABYTE / piece.length)

  const [half, whole] = [cpuMs(text.slice(0, text.length / 2)), cpuMs(text)]

  expect(whole).toBeLessThan(3 * half + 30)
})
