import { resolve } from 'node:path'
import { z } from 'zod'
import { Secret } from './lib/secret.ts'

/** Seconds with a default that also stands in for a bad value, which is told. */
const seconds = (fallback: number) => ({ fallback })
const lenient = {
  DELEGATION_SWEEPER_INTERVAL_S: seconds(300),
  DELEGATION_STUCK_THRESHOLD_S: seconds(600),
}

const backends = z
  .string()
  .default('process')
  .transform((list) => list.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(['process', 'none'])).min(1))
  .transform((names) => names.filter((name) => name !== 'none'))

/** Every setting of the server. The table in docs/reference/settings.md says the same in words. */
export const Env = z.object({
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('Port to listen on; 0 takes a free one.'),
  MOLECULE_DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .describe('Folder of the database, workspaces and logs.'),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'must start with sqlite: or postgres://')
    .optional()
    .describe('`postgres://…` or `sqlite:<file>`; unset: SQLite in the data folder.'),
  ADMIN_TOKEN: z
    .string()
    .min(16)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .optional()
    .describe('The admin credential; unset: one is made and kept in the data folder.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('warn')
    .describe('Least severity that is logged.'),
  MOLECULE_BACKENDS: backends.describe('Enabled backends in order of preference; `none` for none.'),
  MOLECULE_ORG_ID: z
    .uuid()
    .optional()
    .describe('Id of the organization; unset: made at first start.'),
  EXTERNAL_PLATFORM_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address people and agents reach this server by; unset: the listening address.'),
})

export type Config = {
  host: string
  port: number
  dataDir: string
  databaseUrl: string
  adminToken: Secret | undefined
  logLevel: z.infer<typeof Env>['LOG_LEVEL']
  backends: string[]
  orgId: string | undefined
  externalUrl: string | undefined
  sweeper: { everyMs: number; stuckAfterMs: number }
  /** What a backend may pick harmless names from for its workloads. */
  environment: NodeJS.ProcessEnv
  compileCacheDir: string | undefined
  warnings: string[]
}

/** What is wrong with the settings, in words for who set them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The settings of this process. Read once, in `main.ts`; everyone else is handed the values they need. */
export const readConfig = (): Config => loadConfig(process.env)

export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = Env.safeParse(given)
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues
        .map((issue) => `${String(issue.path[0] ?? 'setting')}: ${issue.message}`)
        .join('\n'),
    )
  const settings = parsed.data
  const warnings: string[] = []
  const secondsOf = (name: keyof typeof lenient) => lenientSeconds(name, env[name], warnings)
  const dataDir = resolve(settings.MOLECULE_DATA_DIR)
  return {
    host: settings.HOST,
    port: settings.PORT,
    dataDir,
    databaseUrl: settings.DATABASE_URL ?? `sqlite:${dataDir}/molecule.db`,
    adminToken: settings.ADMIN_TOKEN === undefined ? undefined : new Secret(settings.ADMIN_TOKEN),
    logLevel: settings.LOG_LEVEL,
    backends: settings.MOLECULE_BACKENDS,
    orgId: settings.MOLECULE_ORG_ID,
    externalUrl: settings.EXTERNAL_PLATFORM_URL?.replace(/\/+$/, ''),
    sweeper: {
      everyMs: secondsOf('DELEGATION_SWEEPER_INTERVAL_S') * 1000,
      stuckAfterMs: secondsOf('DELEGATION_STUCK_THRESHOLD_S') * 1000,
    },
    environment: env,
    compileCacheDir: env.NODE_COMPILE_CACHE,
    warnings,
  }
}

function lenientSeconds(name: keyof typeof lenient, value: string | undefined, warnings: string[]) {
  const { fallback } = lenient[name]
  if (value === undefined || value === '') return fallback
  const parsed = Number(value.trim())
  if (Number.isInteger(parsed) && parsed > 0) return parsed
  warnings.push(`${name}=${value} is not a whole number of seconds above 0: using ${fallback}`)
  return fallback
}
