import type { Reason } from '@molecule/contract/workspace'
import type { Preset } from './adapter/acp/preset.ts'
import type { AdapterSettings, RuntimeAdapter } from './adapter.ts'

type Make = (settings: AdapterSettings) => RuntimeAdapter

/** Each is loaded by the hosts that need it: there is one for every workspace, and it is to be small. */
const adapters: Record<string, () => Promise<Make>> = {
  command: async () => (await import('./adapter/command.ts')).commandAdapter,
  'claude-code': async () =>
    (await import('./adapter/claude-code/claude-code.ts')).claudeCodeAdapter,
  codex: async () => (await import('./adapter/codex/codex.ts')).codexAdapter,
  'gemini-cli': async () => overAcp((await import('./adapter/acp/gemini-cli.ts')).geminiCli),
  opencode: async () => overAcp((await import('./adapter/acp/opencode.ts')).opencode),
  openclaw: async () => overAcp((await import('./adapter/acp/presets.ts')).openclaw),
  acp: async () => overAcp((await import('./adapter/acp/presets.ts')).acp),
  langgraph: async () =>
    (await import('./adapter/langgraph/langgraph.ts')).graphAdapter('langgraph'),
  deepagents: async () =>
    (await import('./adapter/langgraph/langgraph.ts')).graphAdapter('deepagents'),
  a2a: async () => (await import('./adapter/a2a/a2a.ts')).a2aAdapter,
  hermes: async () => (await import('./adapter/chat/hermes.ts')).hermesAdapter,
}

const overAcp = async (preset: Preset) => (await import('./adapter/acp/acp.ts')).acpAdapter(preset)

export async function adapterFor(
  runtime: string,
  settings: AdapterSettings,
): Promise<RuntimeAdapter> {
  const load = Object.hasOwn(adapters, runtime) ? adapters[runtime] : undefined
  if (!load) return noAdapter(runtime)
  const make = await load()
  return make(settings)
}

function noAdapter(runtime: string): RuntimeAdapter {
  const reason: Reason = {
    code: 'unknown_runtime',
    detail: `This agent host can not run the runtime \`${runtime}\`; it knows ${Object.keys(adapters).join(', ')}.`,
    hint: 'Correct `runtime` of the workspace, or start it with a newer agent host.',
  }
  return { fault: async () => reason, run: async () => ({ outcome: 'failed', reason }) }
}
