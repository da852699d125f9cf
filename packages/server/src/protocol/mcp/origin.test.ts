import { expect, test } from 'vitest'
import { checkOrigin } from './origin.ts'

const local = { url: 'http://127.0.0.1:8080', origins: [] }
const served = { url: 'https://org.example', origins: ['https://desk.example'] }

test.each([
  [local, { host: 'localhost:8080', origin: undefined }],
  [local, { host: '[::1]:8080', origin: 'http://localhost:5173' }],
  [local, { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' }],
  [served, { host: 'org.example', origin: 'https://org.example' }],
  [served, { host: 'org.example', origin: 'https://desk.example' }],
  [served, { host: 'proxy.internal', origin: undefined }],
])('%o is called by %o', (allowed, asked) => {
  expect(() => checkOrigin(asked, allowed)).not.toThrow()
})

test.each([
  [local, { host: 'evil.example:8080', origin: undefined }],
  [local, { host: undefined, origin: undefined }],
  [local, { host: 'localhost:8080', origin: 'https://evil.example' }],
  [local, { host: 'localhost:8080', origin: 'null' }],
  [served, { host: 'org.example', origin: 'https://evil.example' }],
])('%o is not called by %o', (allowed, asked) => {
  expect(() => checkOrigin(asked, allowed)).toThrow('is not one of this server')
})
