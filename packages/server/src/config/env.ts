import { z } from 'zod'
import { parseRange } from '../lib/address-range.ts'
import { isKeyText } from '../lib/key-text.ts'

/** `value` says in words what a setting may be, in the table of settings and to whom gave another one. */
export type About = { value: string; about: string; isSecret?: true }

const text = z.string()
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const backends = ['process', 'docker', 'control-plane', 'none'] as const
export const servable = ['process', 'docker'] as const
const list = text.transform((entries) => entries.split(',').map((entry) => entry.trim()))
const isOrigin = (entry: string) =>
  /^https?:[^*]+$/.test(entry) && URL.canParse(entry) && new URL(entry).origin === entry
const isRange = (entry: string) => parseRange(entry) !== undefined
const isHost = (entry: string) => /^(?=.*[a-z])[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(entry)

const masterKeyShape =
  '32 bytes in base64, as `openssl rand -base64 32` prints them, or exactly 32 printable ASCII characters without spaces'
export const sandboxes = ['auto', 'on', 'off'] as const

export const imageWords = '`name:tag` or `name@sha256:<digest>`'
export const image = text.max(500).regex(/^[a-z0-9][\w./:@-]*$/)
const socketWords = '`unix://` and the path of a socket of this machine'
export const imagePrefix = 'MOLECULE_DOCKER_IMAGE_'

const costEntry = /^([a-z][a-z-]*)=(\d{1,6}(?:\.\d{1,6})?)$/
const costs = list.pipe(z.array(text.regex(costEntry))).transform((entries) =>
  Object.fromEntries(
    entries.flatMap((entry) => {
      const [, backend, perHour] = costEntry.exec(entry) ?? []
      return backend ? [[backend, Number(perHour)] as const] : []
    }),
  ),
)

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

/** What the environment may say, each with its default and its words. */
export const Env = z.object({
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
  GITHUB_WEBHOOK_SECRET: text
    .min(16)
    .max(200)
    .regex(/^[\x21-\x7e]+$/)
    .optional()
    .meta({
      value: '16 to 200 printable ASCII characters without spaces',
      about:
        'What GitHub signs with where it sends to `/webhooks/github/<workspace>`. Unset: only addresses of webhooks, each with its own secret, take deliveries.',
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
  MOLECULE_TEMPLATES_DIR: text.optional().meta({
    value: 'a folder',
    about:
      'Each folder in it is a template of an organization, offered beside those that come with Molecule.',
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
  MOLECULE_COST_PER_HOUR: costs.optional().meta({
    value: '`<backend>=<amount>`, several with commas, such as `docker=0.02,control-plane=0.1`',
    about:
      'What an hour of one agent costs there, in your currency: `molecule resources` adds it up. Unset: no amounts are told.',
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

/** Whole numbers above 0. A bad value is told and the default used, so that no typing error stops the start. */
export const lenient = {
  DELEGATION_SWEEPER_INTERVAL_S: {
    unit: 'seconds',
    fallback: 300,
    about: 'Seconds between two looks for tasks past their deadline or without a sign of life.',
  },
  DELEGATION_STUCK_THRESHOLD_S: {
    unit: 'seconds',
    fallback: 600,
    about: 'Seconds without a sign of life after which a running task is `stuck`.',
  },
  REMOTE_LIVENESS_STALE_AFTER: {
    unit: 'seconds',
    fallback: 90,
    about:
      'Seconds without a heartbeat after which a workspace whose agent runs elsewhere is `awaiting_agent` again.',
  },
  ACTIVITY_RETENTION_DAYS: {
    unit: 'days',
    fallback: 7,
    about:
      'Days that the log of what workspaces did is kept. What is older is written to `activity/` in the data folder, then forgotten.',
  },
  EVENT_RETENTION_DAYS: {
    unit: 'days',
    fallback: 7,
    about:
      'Days that the log of events is kept. Its newest 10,000 are kept whatever their age; who comes back after longer takes a snapshot.',
  },
  ACTIVITY_CLEANUP_INTERVAL_HOURS: {
    unit: 'hours',
    fallback: 6,
    about: 'Hours between two looks for activity that is old enough.',
  },
} as const

export const unitMs = { seconds: 1000, hours: 3_600_000, days: 86_400_000 } as const

export const concurrency = {
  MOLECULE_PROVISION_CONCURRENCY: {
    fallback: 3,
    about: 'How many agents this server starts at a time. `0`: as many as are asked for.',
  },
}
