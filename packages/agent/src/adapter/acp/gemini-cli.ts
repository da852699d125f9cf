import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { modelOf } from '../cli-model.ts'
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
  const { settings } = preparing
  const model = modelOf(settings, ['google', 'google_genai', 'gemini'])
  const args = ['--acp', ...(model === undefined ? [] : ['-m', model])]
  // A second process of its own would outlive the first.
  const env = { GEMINI_CLI_NO_RELAUNCH: 'true' }
  if (settings.isOfPerson) return { args, env, isInstructed: false, hasTools: false }
  const home = await prepareHome(preparing)
  return { args, env: { ...env, GEMINI_CLI_HOME: home }, isInstructed: true, hasTools: true }
}

async function prepareHome({ settings, env, instructions, session, tools }: Preparing) {
  const home = settings.sessionDir
  const folder = join(home, '.gemini')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'GEMINI.md'), instructions, { mode: 0o600 })
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settingsFor(env, tools)), {
    mode: 0o600,
  })
  if (session !== undefined) await settleSession(home, session)
  return home
}

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
