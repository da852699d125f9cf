import { expect, test } from 'vitest'
import { givenCli } from '../../testing/given-cli.ts'
import { workspaceRow } from '../../testing/wire-rows.ts'

const givenTeam = async () => {
  const lead = workspaceRow({ name: 'Lead' })
  const worker = workspaceRow({ name: 'Worker', parent_id: lead.id, active_tasks: 1 })
  return { cli: await givenCli({ workspaces: [lead, worker] }), lead, worker }
}

test('pause says what it would reach and interrupt, and afterwards what became of each', async () => {
  const { cli, lead } = await givenTeam()
  await using _ = cli

  const asked = await cli.run(['ws', 'pause', 'Lead'])
  const done = await cli.run(['ws', 'pause', 'Lead', '--yes'])

  expect(asked.code).toBe(2)
  expect(asked.stderr).toContain('This would pause "Lead" and below it "Worker".')
  expect(asked.stderr).toContain('1 running task would be interrupted, as no retry.')
  expect(done).toMatchObject({
    code: 0,
    stdout: '"Lead"  paused  is being stopped\n"Worker"  paused  is being stopped\n',
  })
  expect(cli.server.asked.some((call) => call.path === `/workspaces/${lead.id}/pause`)).toBe(true)
})

test('resume tells what became of each, as JSON too', async () => {
  const { cli } = await givenTeam()
  await using _ = cli

  const told = await cli.run(['ws', 'resume', 'Lead'])
  const json = await cli.run(['ws', 'resume', 'Lead', '--json'])

  expect(told.stdout).toBe(
    '"Lead"  resumed  is being started\n"Worker"  resumed  is being started\n',
  )
  expect(JSON.parse(json.stdout)).toMatchObject({ resumed_count: 2 })
})

test('hibernate of one that works is refused as the server says, and by force tells what it interrupts', async () => {
  const { cli } = await givenTeam()
  await using _ = cli

  const refused = await cli.run(['ws', 'hibernate', 'Worker', '--yes'])
  const forced = await cli.run(['ws', 'hibernate', 'Worker', '--yes', '--force'])
  const woken = await cli.run(['ws', 'wake', 'Worker'])

  expect(refused.code).toBe(6)
  expect(refused.stderr).toContain('1 running, 0 waiting')
  expect(forced.stdout).toBe('"Worker"  hibernating  1 task interrupted\n')
  expect(woken.stdout).toBe('"Worker"  online\n')
})

test('collapse removes what is below, after a yes, and keeps the workspace', async () => {
  const { cli, lead } = await givenTeam()
  await using _ = cli

  const asked = await cli.run(['ws', 'collapse', 'Lead', '--purge'])
  const done = await cli.run(['ws', 'collapse', 'Lead', '--yes'])
  const again = await cli.run(['ws', 'collapse', 'Lead'])

  expect(asked.code).toBe(2)
  expect(asked.stderr).toContain('This would remove everything below "Lead": "Worker".')
  expect(asked.stderr).toContain('1 open task would fail.')
  expect(asked.stderr).toContain('What they stored would be removed for good.')
  expect(done.stdout).toBe('"Worker"  removed\n"Lead"  kept\n')
  expect(again.stdout).toBe('Nothing is below "Lead".\n')
  expect(cli.state.workspaces.map((one) => one.id)).toEqual([lead.id])
})

test('delete --purge asks the server to remove what was stored', async () => {
  const { cli, lead } = await givenTeam()
  await using _ = cli

  const done = await cli.run(['ws', 'delete', 'Lead', '--yes', '--purge'])

  expect(done.stdout).toBe(
    'Deleted "Lead" and 1 below it; what was stored goes once nothing of it runs.\n',
  )
  const call = cli.server.asked.find(({ method }) => method === 'DELETE')
  expect(call?.path).toBe(`/workspaces/${lead.id}`)
  expect(call?.query.get('purge')).toBe('true')
})

test('tree shows a workspace and all below it', async () => {
  const { cli } = await givenTeam()
  await using _ = cli

  const { stdout } = await cli.run(['ws', 'tree', 'Lead'])

  expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ['NAME', 'STATUS', 'WANTED'],
    ['Lead', 'online', 'running'],
    ['· Worker', 'online', 'running'],
    [''],
  ])
})
