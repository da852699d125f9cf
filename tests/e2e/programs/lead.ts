import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { moleculeClient } from '@molecule/sdk'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import { patiently } from '../harness/patiently.ts'

/** Hands its task to everyone below it, waits, and answers with what they said. A second attempt joins the first one's work. */
const env = (name: string) => process.env[name] ?? ''
const client = moleculeClient({
  baseUrl: env('PLATFORM_URL'),
  token: (await readFile(env('MOLECULE_TOKEN_FILE'), 'utf8')).trim(),
  fetch: nodeFetch(),
})
const self = env('WORKSPACE_ID')
const request = await text(process.stdin)
const team = (await patiently(() => client.workspaces.list())).filter(
  ({ parent_id }) => parent_id === self,
)

const answers = await Promise.all(
  team.map(async ({ id, name }) => {
    const delegation = {
      target_id: id,
      task: request,
      parent_task_id: env('TASK_ID'),
      idempotency_key: `${env('TASK_ID')}/${name}`,
    }
    const { delegation_id } = await patiently(() => client.workspaces.delegate(self, delegation))
    for (;;) {
      const task = await patiently(() => client.tasks.get(delegation_id, { wait: 20 }))
      if (task.ended_at !== null) return `${name}: ${task.status} ${task.result ?? ''}`
    }
  }),
)
process.stdout.write(answers.sort().join('\n'))
