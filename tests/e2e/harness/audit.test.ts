import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import { givenInstallation } from './given-installation.ts'
import { askOnce, smallOrganization, startsFile, whenEnded } from './small-organization.ts'

test('the audit of an honest run finds nothing, and names each promise that is broken afterwards', async () => {
  const installation = await givenInstallation()
  const { dataDir } = installation
  const starts = startsFile(installation)
  await installation.start()
  const client = await installation.client()
  const { lead, workers } = await smallOrganization(installation)
  const id = await askOnce(client, lead, 'first')
  await whenEnded(client, id)
  const [child] = (await client.tasks.get(id)).children
  await installation.down()
  const database = new DatabaseSync(join(dataDir, 'molecule.db'))
  expect(workers).toHaveLength(2)
  expect(await audit({ dataDir, starts, accepted: [id] })).toEqual([])

  await appendFile(starts, `${id} 1 99 alone\n${child} 2 99 beside-TASK_ATTEMPT=1\n`)
  database.exec(`delete from task_results where task_id = '${id}'`)
  database.exec(`delete from inbox where task_id = '${child}'`)
  database.exec('delete from events where seq = 3')
  database.close()
  const broken = await audit({ dataDir, starts, accepted: [id, 'gone'] })

  expect(broken).toEqual([
    'task gone is lost',
    `task ${id} is completed with 0 results`,
    `task ${child} was delivered 0 times`,
    `attempt ${id}/1 started 2 times`,
    `attempt ${child}/2 ran beside-TASK_ATTEMPT=1`,
    `attempt ${child}/2 ran without leave`,
    'the events have 1 gaps in their order',
  ])
})

test('an audit that saw no program start has proven nothing', async () => {
  const installation = await givenInstallation()
  await installation.start()
  const client = await installation.client()
  const { lead } = await smallOrganization(installation)
  const id = await askOnce(client, lead, 'first')
  await whenEnded(client, id)
  await installation.down()

  const { dataDir } = installation
  const broken = await audit({ dataDir, starts: join(dataDir, 'no-such-file'), accepted: [id] })

  expect(broken).toContain(`attempt ${id}/1 ended well without a start`)
})
