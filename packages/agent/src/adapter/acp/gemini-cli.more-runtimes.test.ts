import { adapterConformance } from '../conformance.ts'
import { acpAdapter } from './acp.ts'
import { geminiCli } from './gemini-cli.ts'

const shell = (command: string) => ({
  name: 'run_shell_command',
  input: { command, description: 'run it' },
})

adapterConformance({
  npmName: '@google/gemini-cli',
  version: '0.61.0',
  adapter: acpAdapter(geminiCli),
  model: 'gemini-2.5-flash',
  secrets: ({ url }) => ({ GEMINI_API_KEY: 'a key of the test', GOOGLE_GEMINI_BASE_URL: url }),
  threadsFile: 'acp-sessions.json',
  shell: { call: shell, config: { allow: ['execute'] } },
  denied: { call: shell('touch out'), config: { allow: [] }, told: /cancel|denied|reject|declin/i },
})
