import { adapterConformance } from '../conformance.ts'
import { claudeCodeAdapter, testedWith } from './claude-code.ts'

const bash = (command: string) => ({ name: 'Bash', input: { command, description: 'run it' } })

adapterConformance({
  npmName: '@anthropic-ai/claude-code',
  version: testedWith,
  adapter: claudeCodeAdapter,
  model: 'sonnet',
  config: { args: ['--bare'] },
  secrets: ({ url }) => ({ ANTHROPIC_API_KEY: 'a key of the test', ANTHROPIC_BASE_URL: url }),
  threadsFile: 'claude-sessions.json',
  shell: { call: bash, config: { allowed_tools: ['Bash'] } },
  denied: {
    call: bash('rm -rf nothing'),
    config: { permission_mode: 'default', allowed_tools: [] },
    told: /is not allowed in this workspace/,
  },
})
