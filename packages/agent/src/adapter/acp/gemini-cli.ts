import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdapterSettings } from '../../adapter.ts'
import { settleSession } from './gemini-session.ts'
import type { Prepared, Preparing, Preset } from './preset.ts'

/** How often the program asks its model again by itself; more would hide a bad key for minutes. */
const maxAttempts = 2

/** Gemini CLI, with a home of its own in each workspace. */
export const geminiCli: Preset = {
  command: 'gemini',
  stallS: 300,
  words: {
    title: 'Gemini CLI',
    keys: 'GEMINI_API_KEY or GOOGLE_API_KEY',
    address: 'GOOGLE_GEMINI_BASE_URL',
  },
  program: {
    title: 'Gemini CLI',
    npmName: '@google/gemini-cli',
    testedWith: '0.61.0',
    worksFrom: '0.61.0',
  },
  prepare,
}

async function prepare(preparing: Preparing): Promise<Prepared> {
  const { settings, env, instructions, session, tools } = preparing
  if (settings.isOfPerson) return forPerson(settings)
  const home = settings.sessionDir
  const folder = join(home, '.gemini')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'GEMINI.md'), instructions, { mode: 0o600 })
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settingsFor(env, tools)), {
    mode: 0o600,
  })
  if (session !== undefined) await settleSession(home, session)
  const model = modelOf(settings)
  return {
    args: ['--acp', ...(model === undefined ? [] : ['-m', model])],
    env: {
      GEMINI_CLI_HOME: home,
      // A second process of its own would outlive the first.
      GEMINI_CLI_NO_RELAUNCH: 'true',
    },
    isInstructed: true,
    hasTools: true,
  }
}

const forPerson = (settings: AdapterSettings): Prepared => {
  const model = modelOf(settings)
  return {
    args: ['--acp', ...(model === undefined ? [] : ['-m', model])],
    env: { GEMINI_CLI_NO_RELAUNCH: 'true' },
    isInstructed: false,
    hasTools: false,
  }
}

/** A model of another provider, or one that nobody chose: the program takes its own. */
const modelOf = ({ model }: AdapterSettings) =>
  model?.startsWith('anthropic:') ? undefined : model?.replace(/^(google|google_genai|gemini):/, '')

const settingsFor = (env: Preparing['env'], { url, token }: Preparing['tools']) => ({
  security: {
    auth: { selectedType: env.GEMINI_API_KEY ? 'gemini-api-key' : 'vertex-ai' },
    folderTrust: { enabled: false },
  },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: {
    enableAutoUpdate: false,
    enableAutoUpdateNotification: false,
    maxAttempts,
    retryFetchErrors: false,
  },
  mcpServers: {
    molecule: { httpUrl: url, headers: { Authorization: `Bearer ${token}` }, trust: true },
  },
})
