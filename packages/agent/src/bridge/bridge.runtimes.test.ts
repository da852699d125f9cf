import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelStub, startModelStub } from '@molecule/model-stub/model-stub'
import { lastText, type Script } from '@molecule/model-stub/reply'
import { expect, onTestFinished, test } from 'vitest'
import { testedWith as claudeVersion } from '../adapter/claude-code/claude-code.ts'
import { testedWith as codexVersion } from '../adapter/codex/codex.ts'
import { hostEnv } from '../env.ts'
import { agentCli } from '../testing/agent-cli.ts'
import { givenBridge } from '../testing/given-bridge.ts'

type Owned = {
  runtime: string
  npmName: string
  version: string
  /** As its owner has set it up in their home; answers what they have in their environment. */
  setUp(home: string, stub: ModelStub): Promise<Record<string, string>>
  /** Where it keeps its sessions itself. */
  sessions: string
}

const owned: readonly Owned[] = [
  {
    runtime: 'claude-code',
    npmName: '@anthropic-ai/claude-code',
    version: claudeVersion,
    setUp: async (_, { url }) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'of its owner' }),
    sessions: '.claude/projects',
  },
  {
    runtime: 'codex',
    npmName: '@openai/codex',
    version: codexVersion,
    async setUp(home, { url }) {
      await mkdir(join(home, '.codex'), { recursive: true })
      await writeFile(
        join(home, '.codex/config.toml'),
        `model = "stub-model"
model_provider = "own"
[model_providers.own]
name = "own"
base_url = "${url}/v1"
wire_api = "responses"
env_key = "OWN_KEY"
`,
      )
      return { OWN_KEY: 'of its owner' }
    },
    sessions: '.codex/sessions',
  },
]

const echo: Script = (asked) => ({
  text: `You said: ${lastText(asked).trimEnd().split('\n').at(-1)}`,
})

test.each(owned)(
  'RD-36: $runtime works as its owner has set it up, and a thread goes on in its session after the bridge was started again',
  async ({ runtime, npmName, version, setUp, sessions }) => {
    const bin = await agentCli(npmName, version)
    const stub = await startModelStub({ script: echo })
    onTestFinished(() => stub.close())
    const { folder, start, ask, ended } = await givenBridge()
    const own = await setUp(folder, stub)
    const env = { ...hostEnv().base, ...own, HOME: folder, PATH: `${bin}:${hostEnv().base.PATH}` }
    const begin = () => start({ runtime, runtimeConfig: {}, env })

    const former = begin()
    const first = await ended(await ask('one', 'thread'))
    former.stop()
    await former.ended
    begin()
    const second = await ended(await ask('two', 'thread'))

    expect(first).toMatchObject({ status: 'completed', result: 'You said: one' })
    expect(second).toMatchObject({ status: 'completed', result: 'You said: two' })
    const history = stub.asked
      .at(-1)
      ?.messages.map(({ text }) => text)
      .join('|')
    expect(history).toContain('You said: one')
    expect(await readdir(join(folder, sessions))).not.toEqual([])
  },
  300_000,
)
