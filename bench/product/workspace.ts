import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@molecule/sdk'

const lookEveryMs = 10
const startedAtOnce = 4

/** Creates a workspace whose agent is `cat`, and waits until it is online. */
export async function echoWorkspace(client: Client, name: string, signal: AbortSignal) {
  const config = { runtime: 'command', runtime_config: { command: 'cat' } }
  const { id } = await client.workspaces.create({ name, ...config }, { signal })
  for (;;) {
    const { status, failure_reason } = await client.workspaces.get(id, {}, { signal })
    if (status === 'online') return id
    if (status === 'failed') throw new Error(`${name} failed: ${failure_reason?.detail}`)
    await sleep(lookEveryMs, undefined, { signal })
  }
}

/** So many of them, a few at a time. */
export async function echoWorkspaces(client: Client, count: number, signal: AbortSignal) {
  let begun = 0
  const startSome = async () => {
    while (begun < count) await echoWorkspace(client, `echo-${begun++}`, signal)
  }
  await Promise.all(Array.from({ length: startedAtOnce }, startSome))
}
