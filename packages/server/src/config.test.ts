import { expect, test } from 'vitest'
import { ConfigError, loadConfig, settings } from './config.ts'

const complaintOf = (env: NodeJS.ProcessEnv) => {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return expect.fail('the settings were taken')
}

test('without any setting it listens on this machine alone and keeps all in ./data', () => {
  const config = loadConfig({})

  expect(config).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    dataDir: `${process.cwd()}/data`,
    databaseUrl: `sqlite:${process.cwd()}/data/molecule.db`,
    adminToken: undefined,
    logLevel: 'warn',
    backends: ['process'],
    orgId: undefined,
    externalUrl: undefined,
    corsOrigins: [],
    trustedProxies: [],
    rateLimit: 6000,
    outboundAllow: [],
    sweeper: { everyMs: 300_000, stuckAfterMs: 600_000 },
    warnings: [],
  })
})

test.each(settings)('$name: empty or blank is as good as unset', ({ name }) => {
  expect(loadConfig({ [name]: '' })).toMatchObject({ ...loadConfig({}), environment: {} })
  expect(loadConfig({ [name]: ' ' })).toMatchObject({ ...loadConfig({}), environment: {} })
})

test.each([
  ['PORT', '80a', 'a whole number from 0 to 65535. Left out, it is 8080.'],
  ['PORT', '-1', 'a whole number from 0 to 65535'],
  ['PORT', '65536', 'a whole number from 0 to 65535'],
  ['PORT', '8080.5', 'a whole number from 0 to 65535'],
  ['PORT', '0x50', 'a whole number from 0 to 65535'],
  ['LOG_LEVEL', 'loud', 'one of fatal, error, warn, info, debug, trace, silent'],
  ['LOG_LEVEL', 'INFO', 'one of fatal'],
  ['MOLECULE_BACKENDS', 'podman', 'or `none`. Left out, it is process.'],
  ['MOLECULE_SANDBOX', 'yes', 'one of auto, on, off. Left out, it is auto.'],
  ['MOLECULE_SANDBOX_READ', 'tools', 'absolute paths with colons between them'],
  ['MOLECULE_DOCKER_IMAGE', 'an image', '`name:tag` or'],
  ['MOLECULE_DOCKER_IMAGE_COMMAND', '-x', '`name:tag` or'],
  ['TIER3_MEMORY_MB', '0', 'a whole number above 0. Left out, it is 2048.'],
  ['MOLECULE_BACKENDS', 'process,', '`docker`, `control-plane`, several with commas, or `none`'],
  ['MOLECULE_SERVE_BACKENDS', 'control-plane', '`process`, `docker`, or both'],
  ['MOLECULE_COST_PER_HOUR', 'docker=cheap', '`<backend>=<amount>`'],
  ['CONTROL_PLANE_URL', 'plane.example', 'starts with `https://` or `http://`'],
  ['MOLECULE_ORG_ID', 'acme', 'a UUID. Or leave it out.'],
  ['EXTERNAL_PLATFORM_URL', 'molecule.example', 'starts with `http://` or `https://`'],
  ['EXTERNAL_PLATFORM_URL', 'ftp://molecule.example', 'starts with `http://` or `https://`'],
  ['CORS_ORIGINS', '*', 'origins such as `https://app.example`, with commas; not `*`'],
  ['CORS_ORIGINS', 'https://app.example/', 'origins such as'],
  ['CORS_ORIGINS', 'https://*.example', 'origins such as'],
  ['CORS_ORIGINS', 'null', 'origins such as'],
  ['CORS_ORIGINS', 'https://a.example,', 'origins such as'],
  ['TRUSTED_PROXIES', 'proxy.example', 'addresses or blocks'],
  ['TRUSTED_PROXIES', '10.0.0.0/40', 'addresses or blocks'],
  ['RATE_LIMIT', '0', 'a whole number from 1 to 999999999. Left out, it is 6000.'],
  ['OUTBOUND_ALLOW', 'https://agent.example', 'addresses, blocks'],
  ['OUTBOUND_ALLOW', '10.0.0.0/40', 'addresses, blocks'],
  ['OUTBOUND_ALLOW', '10.1', 'addresses, blocks'],
  ['OUTBOUND_ALLOW', '*', 'addresses, blocks'],
])('%s=%s is refused with its name, its value and what it may be', (name, value, words) => {
  const complaint = complaintOf({ [name]: value })

  expect(complaint).toContain(`${name} is "${value}"; it must be `)
  expect(complaint).toContain(words)
})

test.each([
  ['ADMIN_TOKEN', 'short', '16 to 200 printable ASCII characters'],
  ['ADMIN_TOKEN', 'has a space in its middle', '16 to 200 printable ASCII characters'],
  ['GITHUB_WEBHOOK_SECRET', 'short', '16 to 200 printable ASCII characters'],
  ['ADMIN_TOKEN', `${'x'.repeat(20)}é`, '16 to 200 printable ASCII characters'],
  ['SECRETS_ENCRYPTION_KEY', 'hunter2', '32 bytes in base64, as `openssl rand -base64 32` prints'],
  ['SECRETS_ENCRYPTION_KEY', 'x'.repeat(33), '32 bytes in base64'],
  ['SECRETS_ENCRYPTION_KEY', `${'x'.repeat(31)}é`, '32 bytes in base64'],
  ['SECRETS_ENCRYPTION_KEY', 'YWJj', '32 bytes in base64'],
  ['SECRETS_ENCRYPTION_KEY_PREVIOUS', 'hunter2', '32 bytes in base64'],
  ['DATABASE_URL', 'mysql://user:hunter2@db/name', '`sqlite:<file>` or `postgres://'],
  ['DATABASE_URL', '/var/lib/molecule.db', '`sqlite:<file>` or `postgres://'],
  ['DATABASE_URL', 'postgres:hunter2', '`sqlite:<file>` or `postgres://'],
])('%s=%s is refused without repeating what may be a secret', (name, value, words) => {
  const complaint = complaintOf({ [name]: value })

  expect(complaint).toContain(`${name} is not right; it must be ${words}`)
  expect(complaint).not.toContain(value)
})

test('all that is wrong is told at once, a line for each', () => {
  const lines = complaintOf({ PORT: 'x', LOG_LEVEL: 'x', ADMIN_TOKEN: 'é' }).split('\n')

  expect(lines.map((line) => line.split(' ')[0])).toEqual(['PORT', 'ADMIN_TOKEN', 'LOG_LEVEL'])
})

test.each(['0', '-5', '1.5', 'soon', '1e400'])(
  'DELEGATION_SWEEPER_INTERVAL_S=%s is told and its default used',
  (value) => {
    const { sweeper, warnings } = loadConfig({ DELEGATION_SWEEPER_INTERVAL_S: value })

    expect(sweeper.everyMs).toBe(300_000)
    expect(warnings).toEqual([
      `DELEGATION_SWEEPER_INTERVAL_S=${value} is not a whole number of seconds above 0: using 300`,
    ])
  },
)

test('a bad REMOTE_LIVENESS_STALE_AFTER is told and 90 s used', () => {
  const { remoteStaleMs, warnings } = loadConfig({ REMOTE_LIVENESS_STALE_AFTER: 'soon' })

  expect(remoteStaleMs).toBe(90_000)
  expect(warnings).toHaveLength(1)
  expect(loadConfig({ REMOTE_LIVENESS_STALE_AFTER: '30' }).remoteStaleMs).toBe(30_000)
})

test('RD-40: good values are taken, spaces around them are not', () => {
  const config = loadConfig({
    PORT: ' 0 ',
    LOG_LEVEL: 'debug\n',
    DATABASE_URL: 'postgres://molecule:secret@db/molecule',
    ADMIN_TOKEN: 'correct-horse-battery\n',
    SECRETS_ENCRYPTION_KEY: `${Buffer.alloc(32, 9).toString('base64')}\n`,
    SECRETS_ENCRYPTION_KEY_PREVIOUS: 'x'.repeat(32),
    MOLECULE_BACKENDS: 'process, none',
    EXTERNAL_PLATFORM_URL: 'https://molecule.example/',
    DELEGATION_STUCK_THRESHOLD_S: ' 5 ',
    CORS_ORIGINS: 'https://app.example, http://localhost:3000',
    OUTBOUND_ALLOW: '10.0.0.0/8, ::1, agents.example',
    RATE_LIMIT: '100',
  })

  expect(config).toMatchObject({
    port: 0,
    logLevel: 'debug',
    databaseUrl: 'postgres://molecule:secret@db/molecule',
    backends: ['process'],
    externalUrl: 'https://molecule.example',
    sweeper: { stuckAfterMs: 5000 },
    corsOrigins: ['https://app.example', 'http://localhost:3000'],
    outboundAllow: ['10.0.0.0/8', '::1', 'agents.example'],
    rateLimit: 100,
    warnings: [],
  })
  expect(config.adminToken?.reveal()).toBe('correct-horse-battery')
  expect(config.masterKey.given?.reveal()).toHaveLength(44)
  expect(config.masterKey.previous?.reveal()).toHaveLength(32)
  expect(JSON.stringify(config.masterKey)).not.toContain('xxx')
  expect(JSON.stringify(config.adminToken)).not.toContain('horse')
})

test('a DOCKER_HOST that only other programs can use is refused when docker is enabled, and only then', () => {
  const env = { DOCKER_HOST: 'tcp://127.0.0.1:2375' }

  expect(loadConfig(env).backends).toEqual(['process'])
  expect(() => loadConfig({ ...env, MOLECULE_BACKENDS: 'docker' })).toThrow(
    /DOCKER_HOST is "tcp:.*`unix:\/\/` and the path of a socket/,
  )
})

test('images are named for all runtimes and for one, limits by tier', () => {
  const { docker } = loadConfig({
    DOCKER_HOST: 'unix:///run/user/1/docker.sock',
    MOLECULE_DOCKER_IMAGE: 'agents:1',
    MOLECULE_DOCKER_IMAGE_CLAUDE_CODE: 'registry.example:5000/claude@sha256:0123abcd',
    TIER4_MEMORY_MB: '8192',
  })

  expect(docker).toEqual({
    socketPath: '/run/user/1/docker.sock',
    images: {
      any: 'agents:1',
      byRuntime: { 'claude-code': 'registry.example:5000/claude@sha256:0123abcd' },
    },
    network: undefined,
    limits: {
      2: { memoryMb: 512, cpuShares: 1024 },
      3: { memoryMb: 2048, cpuShares: 2048 },
      4: { memoryMb: 8192, cpuShares: 4096 },
    },
  })
})

test('MOLECULE_BACKENDS=none enables nothing', () => {
  expect(loadConfig({ MOLECULE_BACKENDS: 'none' }).backends).toEqual([])
})

test.each([
  [undefined, 3],
  ['', 3],
  ['0', Number.POSITIVE_INFINITY],
  ['1', 1],
  [' 7 ', 7],
  ['250', 250],
])('MOLECULE_PROVISION_CONCURRENCY=%j is %d', (value, expected) => {
  const { provisionConcurrency, warnings } = loadConfig({ MOLECULE_PROVISION_CONCURRENCY: value })

  expect(provisionConcurrency).toBe(expected)
  expect(warnings).toEqual([])
})

test.each(['-1', 'many', '1.5', '3 agents'])(
  'MOLECULE_PROVISION_CONCURRENCY=%s is told and its default used',
  (value) => {
    const { provisionConcurrency, warnings } = loadConfig({ MOLECULE_PROVISION_CONCURRENCY: value })

    expect(provisionConcurrency).toBe(3)
    expect(warnings).toEqual([
      `MOLECULE_PROVISION_CONCURRENCY=${value} is not a whole number from 0 on: using 3`,
    ])
  },
)

const plane = {
  MOLECULE_BACKENDS: 'control-plane',
  CONTROL_PLANE_URL: 'https://plane.example/',
  CONTROL_PLANE_TOKEN: 'mol_org_token_x',
}

test('a control plane has an address and a token that nothing shows', () => {
  const { controlPlane, backends, warnings } = loadConfig(plane)

  expect([backends, controlPlane?.url, warnings]).toEqual([
    ['control-plane'],
    'https://plane.example',
    [],
  ])
  expect(controlPlane?.token.reveal()).toBe('mol_org_token_x')
  expect(JSON.stringify(controlPlane)).not.toContain('mol_org')
})

test.each(['CONTROL_PLANE_URL', 'CONTROL_PLANE_TOKEN'])(
  'control-plane without %s is refused, and says what is missing',
  (name) => {
    expect(complaintOf({ ...plane, [name]: '' })).toContain(`${name} is missing`)
  },
)

test.each([
  ['http://plane.example', 1],
  ['http://127.0.0.1:8080', 0],
  ['http://[::1]:8080', 0],
])('credentials on an open line to %s are worth %i warning', (url, count) => {
  expect(loadConfig({ ...plane, CONTROL_PLANE_URL: url }).warnings).toHaveLength(count)
})

test('only what is enabled can be offered to other servers', () => {
  const env = { MOLECULE_SERVE_BACKENDS: 'docker, process' }

  expect(loadConfig({ ...env, MOLECULE_BACKENDS: 'process,docker' }).serve).toEqual([
    'docker',
    'process',
  ])
  expect(complaintOf(env)).toContain('offers docker, which MOLECULE_BACKENDS does not enable')
})

test('CM-38: switches of older installations are told to have no effect, each once', () => {
  const { warnings } = loadConfig({
    DELEGATION_LEDGER_WRITE: '1',
    DELEGATION_SYNC_VIA_INBOX: 'true',
  })

  expect(warnings.filter((warning) => warning.includes('always on'))).toEqual([
    'DELEGATION_LEDGER_WRITE has no effect: what it switched on is always on',
    'DELEGATION_SYNC_VIA_INBOX has no effect: what it switched on is always on',
  ])
})
