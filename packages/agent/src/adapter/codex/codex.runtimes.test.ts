import { adapterConformance } from '../conformance.ts'
import { codexAdapter, testedWith } from './codex.ts'

const exec = (cmd: string, more: object = {}) => ({ name: 'exec_command', input: { cmd, ...more } })

adapterConformance({
  npmName: '@openai/codex',
  version: testedWith,
  adapter: codexAdapter,
  model: 'stub-model',
  secrets: ({ url }) => ({ OPENAI_API_KEY: 'a key of the test', OPENAI_BASE_URL: `${url}/v1` }),
  threadsFile: 'codex-threads.json',
  shell: { call: exec, config: { sandbox: 'danger-full-access' } },
  denied: {
    call: exec('touch out', { sandbox_permissions: 'require_escalated', justification: 'May I?' }),
    config: { sandbox: 'read-only' },
    told: /declined|denied|rejected/i,
  },
})
