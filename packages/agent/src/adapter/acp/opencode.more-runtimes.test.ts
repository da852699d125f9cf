import { adapterConformance } from '../conformance.ts'
import { acpAdapter } from './acp.ts'
import { opencode } from './opencode.ts'

const bash = (command: string) => ({ name: 'bash', input: { command, description: 'run it' } })

adapterConformance({
  npmName: 'opencode-ai',
  version: '1.18.33',
  adapter: acpAdapter(opencode),
  model: 'stub-model',
  config: {},
  baseUrl: ({ url }) => `${url}/v1`,
  secrets: () => ({ OPENAI_API_KEY: 'a key of the test' }),
  isSilentOnOutage: true,
  threadsFile: 'acp-sessions.json',
  shell: { call: bash, config: { allow: ['execute'] } },
  denied: { call: bash('touch out'), config: { allow: [] }, told: /unavailable tool/ },
})
