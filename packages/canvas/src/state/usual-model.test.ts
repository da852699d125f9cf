import { Runtime } from '@molecule/contract/runtime'
import { expect, test } from 'vitest'
import { isNotItsOwn } from './usual-model.ts'

const runtime = (providers?: string[]) =>
  Runtime.parse({
    ...{ id: 'codex', display_name: 'Codex', default_model: 'x', provision_timeout_s: 60 },
    capabilities: { session: true, model: true, streaming: true },
    ...{ required_env: [], required_config: [], providers },
  })

test.each([
  [['openai'], 'anthropic:opus', true],
  [['openai'], 'openai:gpt', false],
  [['openai'], 'gpt', false],
  [undefined, 'anthropic:opus', false],
])('of %j, %s is not its own: %s', (providers, model, expected) => {
  expect(isNotItsOwn(runtime(providers), model)).toBe(expected)
})
