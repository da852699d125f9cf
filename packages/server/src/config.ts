import { resolve } from 'node:path'
import type { z } from 'zod'
import {
  type About,
  concurrency,
  Env,
  image,
  imagePrefix,
  imageWords,
  lenient,
  type logLevels,
  type sandboxes,
  type servable,
  unitMs,
} from './config/env.ts'
import { type AddressRange, parseRange } from './lib/address-range.ts'
import { Secret } from './lib/secret.ts'

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
  /** Holds templates of organizations. */
  templatesDir: string | undefined
  databaseUrl: string
  adminToken: Secret | undefined
  masterKey: { given: Secret | undefined; previous: Secret | undefined }
  /** What GitHub signs with where a delivery goes to no webhook of its own. */
  githubSecret: Secret | undefined
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
  /** What an hour of one agent costs, by backend. */
  costPerHour: Readonly<Record<string, number>>
  activity: { keepMs: number; everyMs: number }
  eventKeepMs: number
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
  const msOf = (name: keyof typeof lenient) => lenientMs(name, given[name], warnings)
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
    githubSecret: secret(data.GITHUB_WEBHOOK_SECRET),
    logLevel: data.LOG_LEVEL,
    backends: data.MOLECULE_BACKENDS.filter((name) => name !== 'none'),
    sandbox: { mode: data.MOLECULE_SANDBOX, readable: data.MOLECULE_SANDBOX_READ ?? [] },
    docker: dockerOf(data, given),
    controlPlane: controlPlaneOf(data, warnings),
    serve: servedOf(data),
    templatesDir: data.MOLECULE_TEMPLATES_DIR && resolve(data.MOLECULE_TEMPLATES_DIR),
    orgId: data.MOLECULE_ORG_ID,
    externalUrl: data.EXTERNAL_PLATFORM_URL?.replace(/\/+$/, ''),
    corsOrigins: data.CORS_ORIGINS ?? [],
    trustedProxies: (data.TRUSTED_PROXIES ?? []).flatMap((entry) => parseRange(entry) ?? []),
    rateLimit: data.RATE_LIMIT,
    outboundAllow: data.OUTBOUND_ALLOW ?? [],
    costPerHour: data.MOLECULE_COST_PER_HOUR ?? {},
    sweeper: {
      everyMs: msOf('DELEGATION_SWEEPER_INTERVAL_S'),
      stuckAfterMs: msOf('DELEGATION_STUCK_THRESHOLD_S'),
    },
    activity: {
      keepMs: msOf('ACTIVITY_RETENTION_DAYS'),
      everyMs: msOf('ACTIVITY_CLEANUP_INTERVAL_HOURS'),
    },
    eventKeepMs: msOf('EVENT_RETENTION_DAYS'),
    remoteStaleMs: msOf('REMOTE_LIVENESS_STALE_AFTER'),
    provisionConcurrency: concurrencyOf(given.MOLECULE_PROVISION_CONCURRENCY, warnings),
    environment: env,
    compileCacheDir: given.NODE_COMPILE_CACHE,
    warnings: [...warnings, ...alwaysOn(given)],
  }
}

/** Switches of older installations, for what is always done here. */
const switches = [
  'DELEGATION_LEDGER_WRITE',
  'DELEGATION_RESULT_INBOX_PUSH',
  'DELEGATION_SYNC_VIA_INBOX',
]

const alwaysOn = (given: Record<string, string | undefined>) =>
  switches
    .filter((name) => given[name] !== undefined)
    .map((name) => `${name} has no effect: what it switched on is always on`)

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

function lenientMs(name: keyof typeof lenient, value: string | undefined, warnings: string[]) {
  const { fallback, unit } = lenient[name]
  const fallbackMs = fallback * unitMs[unit]
  if (value === undefined) return fallbackMs
  const parsed = Number(value) * unitMs[unit]
  if (Number.isSafeInteger(Number(value)) && parsed > 0) return parsed
  warnings.push(`${name}=${value} is not a whole number of ${unit} above 0: using ${fallback}`)
  return fallbackMs
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
