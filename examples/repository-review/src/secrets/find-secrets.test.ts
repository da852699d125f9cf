import { expect, test } from 'vitest'
import { base32, base62, randomText } from '../../fixture/random-text.ts'
import { findSecrets } from './find-secrets.ts'

/** Put together at run time, so that this file holds nothing of the shape of a secret. */
const joined = (...parts: string[]) => parts.join('')
const random = (length: number, seed: number) => randomText(base62, length, seed)
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const rulesIn = (text: string, path = 'src/app.ts') =>
  findSecrets(text, path).map(({ rule }) => rule.id)

test.each([
  ['aws-access-key', joined('AK', 'IA', randomText(base32, 16, 1))],
  ['github-token', joined('gh', 'p_', random(36, 2))],
  ['gitlab-token', joined('gl', 'pat-', random(20, 3))],
  ['slack-token', joined('xo', 'xb-', '2483920156-', '8401729365-', random(24, 4))],
  [
    'slack-webhook',
    joined('https://hooks.', 'slack.com/services/T0G7H2K9/B04K2M8P/', random(24, 5)),
  ],
  ['google-key', joined('AI', 'za', random(35, 6))],
  ['stripe-key', joined('sk_', 'live_', random(24, 7))],
  ['anthropic-key', joined('sk-', 'ant-', 'api03-', random(93, 8))],
  ['openai-key', joined('sk-', 'proj-', random(40, 9), 'T3Blbk', 'FJ', random(40, 10))],
  ['npm-token', joined('np', 'm_', random(36, 11))],
  ['sendgrid-key', joined('S', 'G.', random(22, 12), '.', random(43, 13))],
  [
    'web-token',
    [encoded({ alg: 'HS256' }), encoded({ sub: 'u-81', exp: 1 }), random(43, 14)].join('.'),
  ],
  ['url-password', joined('postgres://shop:', random(24, 15), '@db.corner-shop.net/shop')],
])('%s is known by its shape', (rule, value) => {
  expect(rulesIn(`connect("${value}")`)).toEqual([rule])
})

test('a private key is found with its body, in one line too', () => {
  const frame = (word: string) => joined('-----', word, ' PRIVATE', ' KEY-----')

  expect(rulesIn(`${frame('BEGIN')}\n${random(64, 16)}\n${frame('END')}`)).toEqual(['private-key'])
  expect(rulesIn(`"${frame('BEGIN')}\\n${random(64, 17)}\\n"`)).toEqual(['private-key'])
  expect(rulesIn(`if (text.includes('${frame('BEGIN')}')) return parse(text)`)).toEqual([])
})

test.each([
  ['src/app.ts', 'const apiKey = "VALUE"'],
  ['src/app.ts', "config['client_secret'] = 'VALUE'"],
  ['settings.py', "SMTP_PASSWORD = 'VALUE'"],
  ['config/prod.json', '{ "accessToken": "VALUE" }'],
  ['config/prod.yml', 'db_password: VALUE'],
  ['.env', 'export SESSION_SECRET=VALUE'],
  ['Dockerfile', 'ENV API_TOKEN=VALUE'],
])('a random value in %s is found by the name it is given: %s', (path, line) => {
  expect(rulesIn(line.replace('VALUE', random(24, 18)), path)).toEqual(['assigned-secret'])
})

test.each([
  ['password: readSecret("SMTP_PASSWORD")'],
  ['password = "change-me-please"'],
  ['const token = "your-api-token-here"'],
  ['const tokenEndpoint = "https://login.shop.net/oauth2/token"'],
  ['const secretName = "projects/shop/secrets/smtp-password-v2"'],
  ['passwordField: "input-password-field-2"'],
  ['token: "{{prefix}}-9f8e7d6c5b4a"'],
  ['private_key: "_RSAPrivateKey"'],
  ['apiKey: "config.services.payment.apiKey"'],
  ['token: "00000000000000000000"'],
  ['const secret = "aaaaaaaaaaaaaaaaaaaaaaaa"'],
  ['"accessTokenHash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c"'],
  ['const correlationToken = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"'],
])('what only looks like a secret is none: %s', (line) => {
  expect(rulesIn(line)).toEqual([])
})

test('keys of documentation are no secrets', () => {
  expect(rulesIn(joined('AK', 'IAIOSFODNN7', 'EXAMPLE'))).toEqual([])
  expect(rulesIn(joined('gh', 'p_', 'x'.repeat(36)))).toEqual([])
})

test('hashes in lock files and what test data assigns are no secrets', () => {
  const line = `"token": "${random(24, 19)}"`

  expect(rulesIn(line, 'package-lock.json')).toEqual([])
  expect(rulesIn(line, 'src/login.test.ts')).toEqual([])
  expect(rulesIn(line, 'docs/setup.md')).toEqual([])
})

test('a line that was looked at and allowed is left alone', () => {
  const key = joined('AK', 'IA', randomText(base32, 16, 1))

  expect(rulesIn(`${key} // gitleaks:allow`)).toEqual([])
})

test('a place that two rules know counts once, under the more exact one', () => {
  const key = joined('np', 'm_', random(36, 11))

  expect(rulesIn(`const token = "${key}"`)).toEqual(['npm-token'])
})
