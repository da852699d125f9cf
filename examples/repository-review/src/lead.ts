import { readFileSync } from 'node:fs'
import { text as readAll } from 'node:stream/consumers'
import { moleculeClient } from '@molecule/sdk'
import { taskEnvironment } from './environment.ts'
import { leadReview } from './lead/lead-review.ts'
import { say } from './say.ts'

const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

try {
  const { workspaceId, platformUrl, taskId, tokenFile } = taskEnvironment()
  const token = readFileSync(tokenFile, 'utf8').trim()
  const client = moleculeClient({ baseUrl: platformUrl, token })
  const lead = { client, workspaceId, taskId, patience: { signal: stop.signal, say } }
  process.stdout.write(await leadReview(lead, await readAll(process.stdin)))
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
