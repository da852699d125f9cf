import { expect, test } from 'vitest'
import { adapterFor } from '../../packages/agent/src/adapters.ts'
import { givenAdapter } from '../../packages/agent/src/testing/given-adapter.ts'
import { listRuntimes } from '../../packages/server/src/domain/runtime/runtime.ts'
import { promise } from './requirements.ts'

test(`${promise('R-46')} whatever runtime the server offers, its agent host can run`, async () => {
  const make = () => ({ fault: async () => undefined, run: async () => expect.fail('not run') })
  const { settings } = await givenAdapter({ make, runtimeConfig: { command: 'no-such-program' } })
  const offered = (await listRuntimes()).map(({ id }) => id).filter((id) => id !== 'external')

  for (const id of offered) {
    const reason = await (await adapterFor(id, settings)).fault()
    expect([id, reason?.code]).not.toEqual([id, 'unknown_runtime'])
    if (reason) expect([id, reason.hint?.length]).not.toEqual([id, 0])
  }
  expect(offered.length).toBeGreaterThan(10)
})
