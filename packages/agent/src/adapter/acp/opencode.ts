import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdapterSettings } from '../../adapter.ts'
import type { Prepared, Preparing, Preset } from './preset.ts'

/** OpenCode. What it is told of its configuration here goes before the files of the machine. */
export const opencode: Preset = {
  command: 'opencode',
  stallS: 300,
  words: {
    title: 'OpenCode',
    keys: 'ANTHROPIC_API_KEY, OPENAI_API_KEY or that of another provider',
    address: 'base_url',
  },
  program: {
    title: 'OpenCode',
    npmName: 'opencode-ai',
    testedWith: '1.18.33',
    worksFrom: '1.18.0',
  },
  prepare,
}

async function prepare(preparing: Preparing): Promise<Prepared> {
  const { settings, instructions } = preparing
  const prompt = join(settings.hostDir, 'opencode-prompt.md')
  await writeFile(prompt, instructions, { mode: 0o600 })
  const home = join(settings.sessionDir, 'opencode')
  await mkdir(home, { recursive: true })
  return {
    args: ['acp'],
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify(configFor(preparing, prompt)),
      // Sessions are those of the workspace, not of the machine.
      ...(settings.isOfPerson ? {} : { XDG_DATA_HOME: home, XDG_STATE_HOME: home }),
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    },
    isInstructed: true,
    hasTools: true,
  }
}

function configFor({ settings, config, env, tools }: Preparing, prompt: string) {
  const { url, token } = tools
  const model = modelOf(settings, env)
  const own = config.base_url && model ? ownProvider(config.base_url, model) : undefined
  return {
    autoupdate: false,
    share: 'disabled',
    instructions: [prompt],
    permission: permissions(config.allow),
    mcp: {
      molecule: {
        type: 'remote',
        url,
        headers: { Authorization: `Bearer ${token}` },
        enabled: true,
      },
    },
    ...(own ?? (model === undefined ? {} : { model })),
  }
}

/** A server that speaks Chat Completions, with the key of OpenAI if there is one. */
const ownProvider = (baseURL: string, model: string) => ({
  model: `molecule/${model}`,
  small_model: `molecule/${model}`,
  provider: {
    molecule: {
      npm: '@ai-sdk/openai-compatible',
      options: { baseURL, apiKey: '{env:OPENAI_API_KEY}' },
      models: { [model]: {} },
    },
  },
})

/** As the program writes it. One that nobody chose is used where there is a key for it. */
function modelOf({ model }: AdapterSettings, env: Preparing['env']): string | undefined {
  if (model?.startsWith('anthropic:') && !env.ANTHROPIC_API_KEY) return undefined
  return model?.replace(':', '/')
}

/** What is asked for and refused would end the turn without an answer; what is denied is told to the model. */
const permissions = (allow: readonly string[]) => ({
  edit: allow.includes('edit') ? 'allow' : 'deny',
  bash: allow.includes('execute') ? 'allow' : 'deny',
  webfetch: allow.includes('fetch') ? 'allow' : 'deny',
})
