import { resolve } from 'node:path'
import { z } from 'zod'
import { type AddressRange, parseRange } from './lib/address-range.ts'
import { isKeyText } from './lib/key-text.ts'
import { Secret } from './lib/secret.ts'

/** `value` says in words what a setting may be, in the table of settings and to whom gave another one. */
type About = { value: string; about: string; isSecret?: true }

const text = z.string()
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const backends = ['process', 'docker', 'control-plane', 'none'] as const
const servable = ['process', 'docker'] as const
const list = text.transform((entries) => entries.split(',').map((entry) => entry.trim()))
const isOrigin = (entry: string) =>
  /^https?:[^*]+$/.test(entry) && URL.canParse(entry) && new URL(entry).origin === entry
const isRange = (entry: string) => parseRange(entry) !== undefined
const isHost = (entry: string) => /^(?=.*[a-z])[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(entry)

const masterKeyShape =
  '32 bytes in base64, as `openssl rand -base64 32` prints them, or exactly 32 printable ASCII characters without spaces'
const sandboxes = ['auto', 'on', 'off'] as const

const imageWords = '`name:tag` or `name@sha256:<digest>`'
const image = text.max(500).regex(/^[a-z0-9][\w./:@-]*$/)
const socketWords = '`unix://` and the path of a socket of this machine'
const imagePrefix = 'MOLECULE_DOCKER_IMAGE_'

const positive = text.regex(/^[1-9]\d{0,8}$/).transform(Number)

/** 1024 shares are one processor. */
const tierSettings = <T extends 2 | 3 | 4>(tier: T, memoryMb: number, cpuShares: number) => {
  const who = tier === 2 ? 'tiers 1 and 2' : `tier ${tier}`
  const setting = (fallback: number, about: string) =>
    positive.default(fallback).meta({ value: 'a whole number above 0', about } satisfies About)
  return {
    [`TIER${tier}_MEMORY_MB`]: setting(memoryMb, `MiB of memory of a container of ${who}.`),
    [`TIER${tier}_CPU_SHARES`]: setting(
      cpuShares,
      `Processors of a container of ${who}; 1024 is one.`,
    ),
  } as Record<`TIER${T}_${'MEMORY_MB' | 'CPU_SHARES'}`, ReturnType<typeof setting>>
}

const Env = z.object({
  HOST: text.default('127.0.0.1').meta({
    value: 'an address or name of this machine',
    about: 'Where to listen. `0.0.0.0` is every address; set `EXTERNAL_PLATFORM_URL` with it.',
  } satisfies About),
  PORT: text
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.number().max(65_535))
    .default(8080)
    .meta({
      value: 'a whole number from 0 to 65535',
      about: 'Port to listen on; 0 takes a free one.',
    } satisfies About),
  MOLECULE_DATA_DIR: text.default('./data').meta({
    value: 'a folder',
    about: 'Holds the database, the admin credential and the folders of the agents.',
  } satisfies About),
  DATABASE_URL: text
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/)
    .optional()
    .meta({
      value: '`sqlite:<file>` or `postgres://user:password@host:5432/name`',
      about: 'Unset: SQLite in the data folder.',
      isSecret: true,
    } satisfies About),
  ADMIN_TOKEN: text
    .min(16)
    .max(200)
    .regex(/^[\x21-\x7e]+$/)
    .optional()
    .meta({
      value: '16 to 200 printable ASCII characters without spaces',
      about: 'The admin credential. Unset: one is made and kept in the data folder.',
      isSecret: true,
    } satisfies About),
  SECRETS_ENCRYPTION_KEY: text
    .refine(isKeyText)
    .optional()
    .meta({
      value: masterKeyShape,
      about:
        'The master key of the secrets. Unset: one is made and kept in the data folder. Without it no secret can be read.',
      isSecret: true,
    } satisfies About),
  SECRETS_ENCRYPTION_KEY_PREVIOUS: text
    .refine(isKeyText)
    .optional()
    .meta({
      value: masterKeyShape,
      about: 'The former master key, for the one start that changes it.',
      isSecret: true,
    } satisfies About),
  LOG_LEVEL: z
    .enum(logLevels)
    .default('warn')
    .meta({
      value: `one of ${logLevels.join(', ')}`,
      about: 'Least severity that is logged, to standard error.',
    } satisfies About),
  MOLECULE_BACKENDS: text
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(backends)))
    .default(['process'])
    .meta({
      value: '`process`, `docker`, `control-plane`, several with commas, or `none`',
      about: 'Where agents may run, in order of preference, with commas. `none`: nowhere.',
    } satisfies About),
  MOLECULE_SANDBOX: z
    .enum(sandboxes)
    .default('auto')
    .meta({
      value: `one of ${sandboxes.join(', ')}`,
      about:
        'Whether agents of the process backend are kept in a bubblewrap sandbox. `auto`: where it works; `on`: or else the server does not start.',
    } satisfies About),
  MOLECULE_SANDBOX_READ: text
    .transform((list) => list.split(':').filter((path) => path !== ''))
    .pipe(z.array(text.startsWith('/')))
    .optional()
    .meta({
      value: 'absolute paths with colons between them',
      about: 'What agents in a sandbox may read besides the system, for example `/srv/tools`.',
    } satisfies About),
  DOCKER_HOST: text.default('unix:///var/run/docker.sock').meta({
    value: socketWords,
    about: 'Where the Docker Engine answers. Looked at only when `docker` is enabled.',
  } satisfies About),
  MOLECULE_DOCKER_IMAGE: image.default('molecule-agent:latest').meta({
    value: imageWords,
    about: 'What containers are made of; `npm run image` makes the default one.',
  } satisfies About),
  MOLECULE_DOCKER_NETWORK: text.optional().meta({
    value: 'the name of a Docker network; `host` gives agents the network of this machine',
    about:
      'The network of the containers. Unset: one of their own, in which they do not reach each other.',
  } satisfies About),
  ...tierSettings(2, 512, 1024),
  ...tierSettings(3, 2048, 2048),
  ...tierSettings(4, 4096, 4096),
  CONTROL_PLANE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      value: 'an address that starts with `https://` or `http://`',
      about:
        'Server that runs the agents of the backend `control-plane`; it has `MOLECULE_SERVE_BACKENDS`.',
    } satisfies About),
  CONTROL_PLANE_TOKEN: text
    .max(500)
    .regex(/^[\x21-\x7e]+$/)
    .optional()
    .meta({
      value: 'a token of that server with the scope `backends:use`',
      about: 'What this server shows there. Its name there is what its agents are found by.',
      isSecret: true,
    } satisfies About),
  MOLECULE_SERVE_BACKENDS: text
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(servable)))
    .optional()
    .meta({
      value: '`process`, `docker`, or both with a comma, of those in `MOLECULE_BACKENDS`',
      about:
        'What other servers may run their agents on; their new starts take the first. Unset: nothing is offered.',
    } satisfies About),
  MOLECULE_ORG_ID: z
    .uuid()
    .optional()
    .meta({
      value: 'a UUID',
      about: 'Id of the organization. Unset: made at the first start.',
    } satisfies About),
  EXTERNAL_PLATFORM_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      value: 'an address that starts with `http://` or `https://`',
      about: 'Where people and agents reach this server. Unset: the address it listens on.',
    } satisfies About),
  CORS_ORIGINS: list
    .pipe(z.array(text.refine(isOrigin)))
    .optional()
    .meta({
      value: 'origins such as `https://app.example`, with commas; not `*`',
      about: 'Pages of other origins that may call this server from a browser. Unset: none.',
    } satisfies About),
  TRUSTED_PROXIES: list
    .pipe(z.array(text.refine(isRange)))
    .optional()
    .meta({
      value: 'addresses or blocks such as `10.0.0.0/8`, with commas',
      about: 'Proxies whose `X-Forwarded-For` tells who calls. Unset: the header is not read.',
    } satisfies About),
  RATE_LIMIT: text
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(1))
    .default(6000)
    .meta({
      value: 'a whole number from 1 to 999999999',
      about:
        'Requests a minute for each credential, and for each address without one. Agent hosts may make 20 times as many.',
    } satisfies About),
  OUTBOUND_ALLOW: list
    .pipe(z.array(text.refine((entry) => isRange(entry) || isHost(entry))))
    .optional()
    .meta({
      value: 'addresses, blocks such as `10.0.0.0/8`, or names of hosts, with commas',
      about: 'What may be called at the request of users though it is not public. Unset: nothing.',
    } satisfies About),
})

/** Whole seconds. A bad value is told and the default used, so that no typing error stops the start. */
const lenient = {
  DELEGATION_SWEEPER_INTERVAL_S: {
    fallback: 300,
    about: 'Seconds between two looks for tasks past their deadline or without a sign of life.',
  },
  DELEGATION_STUCK_THRESHOLD_S: {
    fallback: 600,
    about: 'Seconds without a sign of life after which a running task is `stuck`.',
  },
  REMOTE_LIVENESS_STALE_AFTER: {
    fallback: 90,
    about:
      'Seconds without a heartbeat after which a workspace whose agent runs elsewhere is `awaiting_agent` again.',
  },
}

const concurrency = {
  MOLECULE_PROVISION_CONCURRENCY: {
    fallback: 3,
    about: 'How many agents this server starts at a time. `0`: as many as are asked for.',
  },
}

type Name = keyof typeof Env.shape
const names = Object.keys(Env.shape) as Name[]
const aboutOf = (name: Name) => Env.shape[name].meta() as About
const fallbackOf = (name: Name) => Env.shape[name].parse(undefined)?.toString()

export type Setting = Omit<About, 'isSecret'> & { name: string; fallback: string | undefined }

/** Every setting of the server, for its table in docs/reference/settings.md. */
export const settings: readonly Setting[] = [
  ...names.map((name) => {
    const { value, about } = aboutOf(name)
    return { name, value, about, fallback: fallbackOf(name) }
  }),
  {
    name: `${imagePrefix}<RUNTIME>`,
    value: imageWords,
    about: 'The image of one runtime, as in `MOLECULE_DOCKER_IMAGE_COMMAND`; its `-` become `_`.',
    fallback: undefined,
  },
  ...Object.entries(lenient).map(([name, { fallback, about }]) => {
    return { name, value: 'a whole number above 0', about, fallback: String(fallback) }
  }),
  ...Object.entries(concurrency).map(([name, { fallback, about }]) => {
    return { name, value: 'a whole number', about, fallback: String(fallback) }
  }),
]

export type Config = {
  host: string
  port: number
  dataDir: string
  databaseUrl: string
  adminToken: Secret | undefined
  masterKey: { given: Secret | undefined; previous: Secret | undefined }
  logLevel: (typeof logLevels)[number]
  backends: string[]
  sandbox: { mode: (typeof sandboxes)[number]; readable: string[] }
  docker: {
    socketPath: string
    images: { any: string; byRuntime: Record<string, string> }
    network: string | undefined
    /** By tier. */
    limits: Record<2 | 3 | 4, { memoryMb: number; cpuShares: number }>
  }
  /** The server that runs agents for this one. */
  controlPlane: { url: string; token: Secret } | undefined
  /** Backends that are offered to other servers, in order of preference. */
  serve: (typeof servable)[number][]
  orgId: string | undefined
  externalUrl: string | undefined
  corsOrigins: string[]
  trustedProxies: AddressRange[]
  rateLimit: number
  outboundAllow: string[]
  sweeper: { everyMs: number; stuckAfterMs: number }
  remoteStaleMs: number
  provisionConcurrency: number
  /** What a backend may pick harmless names from for its workloads. */
  environment: NodeJS.ProcessEnv
  compileCacheDir: string | undefined
  warnings: string[]
}

/** What is wrong with the settings, a line for each, in words for who set them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The settings of this process. Read once, in `main.ts`; everyone else is handed the values they need. */
export const readConfig = (): Config => loadConfig(process.env)

/** An empty value is as good as none. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const entries = Object.entries(env).map(([name, value]) => [name, value?.trim()] as const)
  const given = Object.fromEntries(entries.filter(([, value]) => value !== ''))
  const { data, error } = Env.safeParse(given)
  if (error) {
    const wrong = new Set(error.issues.map(({ path }) => path[0] as Name))
    throw new ConfigError([...wrong].map((name) => complaint(name, given[name])).join('\n'))
  }
  const warnings: string[] = []
  const msOf = (name: keyof typeof lenient) => lenientSeconds(name, given[name], warnings) * 1000
  const dataDir = resolve(data.MOLECULE_DATA_DIR)
  return {
    host: data.HOST,
    port: data.PORT,
    dataDir,
    databaseUrl: data.DATABASE_URL ?? `sqlite:${dataDir}/molecule.db`,
    adminToken: secret(data.ADMIN_TOKEN),
    masterKey: {
      given: secret(data.SECRETS_ENCRYPTION_KEY),
      previous: secret(data.SECRETS_ENCRYPTION_KEY_PREVIOUS),
    },
    logLevel: data.LOG_LEVEL,
    backends: data.MOLECULE_BACKENDS.filter((name) => name !== 'none'),
    sandbox: { mode: data.MOLECULE_SANDBOX, readable: data.MOLECULE_SANDBOX_READ ?? [] },
    docker: dockerOf(data, given),
    controlPlane: controlPlaneOf(data, warnings),
    serve: servedOf(data),
    orgId: data.MOLECULE_ORG_ID,
    externalUrl: data.EXTERNAL_PLATFORM_URL?.replace(/\/+$/, ''),
    corsOrigins: data.CORS_ORIGINS ?? [],
    trustedProxies: (data.TRUSTED_PROXIES ?? []).flatMap((entry) => parseRange(entry) ?? []),
    rateLimit: data.RATE_LIMIT,
    outboundAllow: data.OUTBOUND_ALLOW ?? [],
    sweeper: {
      everyMs: msOf('DELEGATION_SWEEPER_INTERVAL_S'),
      stuckAfterMs: msOf('DELEGATION_STUCK_THRESHOLD_S'),
    },
    remoteStaleMs: msOf('REMOTE_LIVENESS_STALE_AFTER'),
    provisionConcurrency: concurrencyOf(given.MOLECULE_PROVISION_CONCURRENCY, warnings),
    environment: env,
    compileCacheDir: given.NODE_COMPILE_CACHE,
    warnings,
  }
}

const secret = (value: string | undefined) => (value === undefined ? undefined : new Secret(value))

function dockerOf(
  data: z.infer<typeof Env>,
  given: Record<string, string | undefined>,
): Config['docker'] {
  const named = Object.entries(given).flatMap(([name, value]) =>
    name.startsWith(imagePrefix) && value ? [[name.slice(imagePrefix.length), value] as const] : [],
  )
  for (const [runtime, value] of named)
    if (!image.safeParse(value).success)
      throw new ConfigError(
        `${imagePrefix}${runtime} is ${JSON.stringify(value)}; it must be ${imageWords}. Or leave it out.`,
      )
  const { DOCKER_HOST: engine } = data
  const isLocal = engine.startsWith('unix:///')
  // Other programs take other values: only who wants the backend must have one that suits it.
  if (!isLocal && data.MOLECULE_BACKENDS.includes('docker'))
    throw new ConfigError(complaint('DOCKER_HOST', engine))
  const byRuntime = named.map(([name, value]) => [name.toLowerCase().replaceAll('_', '-'), value])
  return {
    socketPath: engine.slice('unix://'.length),
    images: { any: data.MOLECULE_DOCKER_IMAGE, byRuntime: Object.fromEntries(byRuntime) },
    network: data.MOLECULE_DOCKER_NETWORK,
    limits: {
      2: { memoryMb: data.TIER2_MEMORY_MB, cpuShares: data.TIER2_CPU_SHARES },
      3: { memoryMb: data.TIER3_MEMORY_MB, cpuShares: data.TIER3_CPU_SHARES },
      4: { memoryMb: data.TIER4_MEMORY_MB, cpuShares: data.TIER4_CPU_SHARES },
    },
  }
}

function controlPlaneOf(data: z.infer<typeof Env>, warnings: string[]): Config['controlPlane'] {
  const { CONTROL_PLANE_URL: given, CONTROL_PLANE_TOKEN: token } = data
  if (given !== undefined && token !== undefined) {
    const { protocol, hostname } = new URL(given)
    if (protocol === 'http:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
      warnings.push(
        `CONTROL_PLANE_URL is ${given}: whoever is on the way reads the token and the credentials of agents. Use https://.`,
      )
    return { url: given.replace(/\/+$/, ''), token: new Secret(token) }
  }
  if (data.MOLECULE_BACKENDS.includes('control-plane'))
    throw new ConfigError(
      `MOLECULE_BACKENDS names control-plane, and ${given === undefined ? 'CONTROL_PLANE_URL' : 'CONTROL_PLANE_TOKEN'} is missing. Set both, or take control-plane out.`,
    )
  return undefined
}

function servedOf({
  MOLECULE_SERVE_BACKENDS: wanted = [],
  MOLECULE_BACKENDS,
}: z.infer<typeof Env>) {
  const missing = wanted.filter((name) => !MOLECULE_BACKENDS.includes(name))
  if (missing.length === 0) return wanted
  throw new ConfigError(
    `MOLECULE_SERVE_BACKENDS offers ${missing.join(', ')}, which MOLECULE_BACKENDS does not enable. Add it there, or take it out here.`,
  )
}

function complaint(name: Name, given: string | undefined): string {
  const { value, isSecret } = aboutOf(name)
  const fallback = fallbackOf(name)
  const subject = isSecret ? `${name} is not right` : `${name} is ${JSON.stringify(given)}`
  const unset = fallback === undefined ? 'Or leave it out.' : `Left out, it is ${fallback}.`
  return `${subject}; it must be ${value}. ${unset}`
}

function lenientSeconds(name: keyof typeof lenient, value: string | undefined, warnings: string[]) {
  const { fallback } = lenient[name]
  if (value === undefined) return fallback
  const parsed = Number(value)
  if (Number.isSafeInteger(parsed) && parsed > 0) return parsed
  warnings.push(`${name}=${value} is not a whole number of seconds above 0: using ${fallback}`)
  return fallback
}

function concurrencyOf(value: string | undefined, warnings: string[]): number {
  const { fallback } = concurrency.MOLECULE_PROVISION_CONCURRENCY
  if (value === undefined) return fallback
  if (!/^\d{1,9}$/.test(value)) {
    warnings.push(
      `MOLECULE_PROVISION_CONCURRENCY=${value} is not a whole number from 0 on: using ${fallback}`,
    )
    return fallback
  }
  return Number(value) === 0 ? Number.POSITIVE_INFINITY : Number(value)
}
