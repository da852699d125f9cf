import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'

test('the runtimes are listed with what they need, and whether their program is there', async () => {
  await using cli = await givenCli({})

  const { code, stdout } = await cli.run(['runtimes'])

  expect(code).toBe(0)
  expect(stdout).toMatch(/claude-code .*claude is missing .*KEY/)
  expect(stdout).toMatch(/command .*runtime_config\.command/)
})
