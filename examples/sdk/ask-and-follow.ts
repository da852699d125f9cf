import process from 'node:process'
import { moleculeClient } from '@molecule/sdk'

/** Asks a workspace by its name, and says how the task stands until it has ended. */
const [, , name = '', text = ''] = process.argv
const { MOLECULE_URL: baseUrl = 'http://127.0.0.1:8080', MOLECULE_TOKEN: token = '' } = process.env

const client = moleculeClient({ baseUrl, token })
const workspace = (await client.workspaces.list()).find((each) => each.name === name)
if (!workspace) throw new Error(`no workspace is called "${name}"`)

// A key makes it safe to ask again when the answer to this call got lost.
const asked = await client.workspaces.ask(workspace.id, {
  text,
  idempotency_key: crypto.randomUUID(),
})
let task = await client.tasks.get(asked.id)
while (task.ended_at === null) {
  process.stderr.write(
    `${task.status}${task.waiting_for ? `, waits for ${task.waiting_for}` : ''}\n`,
  )
  task = await client.tasks.get(asked.id, { wait: 20 })
}
if (task.status !== 'completed') throw new Error(`${task.status}: ${task.error?.detail}`)
process.stdout.write(`${task.result}\n`)
