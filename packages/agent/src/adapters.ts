import type { Reason } from '@molecule/contract/workspace'
import { claudeCodeAdapter } from './adapter/claude-code/claude-code.ts'
import { codexAdapter } from './adapter/codex/codex.ts'
import { commandAdapter } from './adapter/command.ts'
import type { AdapterSettings, RuntimeAdapter } from './adapter.ts'

const adapters: Record<string, (settings: AdapterSettings) => RuntimeAdapter> = {
  command: commandAdapter,
  'claude-code': claudeCodeAdapter,
  codex: codexAdapter,
}

export function adapterFor(runtime: string, settings: AdapterSettings): RuntimeAdapter {
  const make = Object.hasOwn(adapters, runtime) ? adapters[runtime] : undefined
  return make ? make(settings) : noAdapter(runtime)
}

function noAdapter(runtime: string): RuntimeAdapter {
  const reason: Reason = {
    code: 'unknown_runtime',
    detail: `This agent host can not run the runtime \`${runtime}\`; it knows ${Object.keys(adapters).join(', ')}.`,
    hint: 'Correct `runtime` of the workspace, or start it with a newer agent host.',
  }
  return { fault: async () => reason, run: async () => ({ outcome: 'failed', reason }) }
}
