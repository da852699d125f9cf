import { expect, test } from 'vitest'
import { givenInstallation } from './harness/given-installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const env = { DELEGATION_SWEEPER_INTERVAL_S: '1', DELEGATION_STUCK_THRESHOLD_S: '12' }

async function givenAgents(scripts: Record<string, string>) {
  const installation = await givenInstallation()
  await installation.start({ env })
  const client = await installation.client()
  return Promise.all(
    Object.entries(scripts).map(async ([name, script]) => {
      const runtime_config = { command: 'sh', args: ['-c', script] }
      const { id } = await client.workspaces.create({ name, runtime: 'command', runtime_config })
      const task = await client.workspaces.ask(id, { text: 'go' })
      const ended = async () => {
        const now = await client.tasks.get(task.id, { wait: 10 })
        return now.ended_at !== null && now
      }
      return until(`the task of ${name} ends`, ended, { timeoutMs: 90_000 })
    }),
  )
}

test(`${promise('R-11', 'R-12')} silent work becomes stuck with the reason; work that prints, or computes, goes on`, async () => {
  const [silent, printing, computing] = await givenAgents({
    Silent: 'sleep 300',
    Printing: 'for n in 1 2 3 4 5 6 7 8 9; do echo $n; sleep 2; done',
    Computing: 'end=$(($(date +%s) + 18)); while [ $(date +%s) -lt $end ]; do :; done; echo done',
  })

  expect(silent).toMatchObject({
    status: 'stuck',
    error: { code: 'no_heartbeat', detail: expect.stringMatching(/^no heartbeat for \d+ s$/) },
  })
  expect(printing).toMatchObject({ status: 'completed' })
  expect(computing).toMatchObject({ status: 'completed', result: 'done\n' })
})
