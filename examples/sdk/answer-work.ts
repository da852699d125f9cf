import process from 'node:process'
import { moleculeClient } from '@molecule/sdk'

/** Takes the work of a workspace whose agent runs elsewhere, until it is stopped. */
const {
  PLATFORM_URL: baseUrl = 'http://127.0.0.1:8080',
  MOLECULE_WORKSPACE_TOKEN: token = '',
  WORKSPACE_ID: workspace = '',
} = process.env

const client = moleculeClient({ baseUrl, token })
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

/** The agent. */
const answerTo = async (text: string) => text.toUpperCase()

while (!stop.signal.aborted) {
  const { items } = await client.work.lease(workspace, { wait_s: 25 }, { signal: stop.signal })
  for (const { task_id: task, attempt, fence, text } of items) {
    const of = { workspace, task }
    // From here on nobody else gets it, however long it takes.
    await client.work.start(of, { attempt, fence })
    const result = await answerTo(text)
    await client.work.complete(of, { attempt, fence, outcome: 'completed', result })
  }
}
