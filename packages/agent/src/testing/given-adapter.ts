import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { AdapterSettings, RuntimeAdapter, ToolUse } from '../adapter.ts'
import { hostEnv } from '../env.ts'

type Of = {
  make: (settings: AdapterSettings) => RuntimeAdapter
  runtimeConfig: Record<string, unknown>
  /** Where its programs are looked for. */
  path?: string
} & Partial<Pick<AdapterSettings, 'model' | 'isOfPerson' | 'secrets' | 'promptFiles' | 'peers'>>

/** An adapter in a folder of its own, and whoever asks it. */
export async function givenAdapter({ make, path = hostEnv().base.PATH ?? '', ...of }: Of) {
  const home = await mkdtemp(join(tmpdir(), 'agent-cli-'))
  await writeFile(join(home, 'agent-token'), 'token', { mode: 0o600 })
  await writeFile(join(home, 'system-prompt.md'), 'Mind the gap.')
  const settings: AdapterSettings = {
    runtime: 'of the test',
    workspaceId: crypto.randomUUID(),
    platformUrl: () => 'http://127.0.0.1:9',
    promptFiles: () => [],
    peers: async () => [],
    ...{ workDir: home, hostDir: home, configDir: home, sessionDir: home },
    tokenFile: join(home, 'agent-token'),
    agent: { name: 'Lead', role: 'leads' },
    model: 'anthropic:claude-opus-4-7',
    env: { PATH: path, HOME: home },
    secrets: {},
    ...{ fixedEnv: {}, binDir: undefined, killGraceMs: 1000, sampleEveryMs: 1000 },
    ...of,
  }
  const made: RuntimeAdapter[] = []
  onTestFinished(async () => {
    for (const each of made) await each.close?.()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  })
  const said: string[] = []
  const used: ToolUse[] = []
  const sink = {
    output: (_: string, text: string) => said.push(text),
    progressed: () => {},
    tool: (use: ToolUse) => void used.push(use),
  }
  const never = new AbortController().signal
  /** As if the host had been started again. */
  const adapter = () => {
    const one = make(settings)
    made.push(one)
    return one
  }
  const ask = (text: string, { contextId = 'thread', signal = never, of = adapter() } = {}) =>
    of.run({ taskId: crypto.randomUUID(), attempt: 1, text, contextId }, sink, signal)
  return { settings, adapter, ask, used, said: () => said.join('') }
}
