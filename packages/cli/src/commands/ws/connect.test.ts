import { expect, test } from 'vitest'
import { givenCli } from '../../testing/given-cli.ts'
import { workspaceRow } from '../../testing/wire-rows.ts'

test('connect prints how an agent joins, and its token only when it is rotated', async () => {
  await using cli = await givenCli({ workspaces: [workspaceRow({ name: 'Scout' })] })

  const all = await cli.run(['ws', 'connect', 'Scout'])
  const one = await cli.run(['ws', 'connect', 'Scout', 'codex'])
  const unasked = await cli.run(['ws', 'connect', 'Scout', '--rotate'])
  const rotated = await cli.run(['ws', 'connect', 'Scout', 'codex', '--rotate', '--yes'])
  const unknown = await cli.run(['ws', 'connect', 'Scout', 'telex'])

  expect(all.stdout).toMatch(/^WORKSPACE_ID=.+\nPLATFORM_URL=.+\n$/)
  expect(all.stderr).toContain('with codex.')
  expect(one.stdout).toBe('codex with none\n')
  expect(one.stderr).toContain('401 Rotate.')
  expect(unasked).toMatchObject({ code: 2 })
  expect(rotated.stdout).toBe('codex with mol_workspace_next\n')
  expect(unknown).toMatchObject({ code: 3 })
})
