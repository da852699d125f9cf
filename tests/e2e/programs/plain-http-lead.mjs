import { readFileSync } from 'node:fs'
import process from 'node:process'
import { text } from 'node:stream/consumers'

/** Hands its task to the workspace that TARGET names and waits for the answer, with nothing but HTTP. */
const { PLATFORM_URL, WORKSPACE_ID, TASK_ID, TARGET, MOLECULE_TOKEN_FILE = '' } = process.env
const headers = {
  authorization: `Bearer ${readFileSync(MOLECULE_TOKEN_FILE, 'utf8').trim()}`,
  'content-type': 'application/json',
}

/** @param {string} path @param {RequestInit} [init] */
async function call(path, init = {}) {
  const response = await fetch(`${PLATFORM_URL}${path}`, { headers, ...init })
  const body = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(body))
  return body
}

const body = { target_id: TARGET, task: await text(process.stdin), parent_task_id: TASK_ID }
const { delegation_id } = await call(`/workspaces/${WORKSPACE_ID}/delegate`, {
  method: 'POST',
  body: JSON.stringify(body),
})
for (;;) {
  const task = await call(`/tasks/${delegation_id}?wait=20`)
  if (task.ended_at === null) continue
  process.stdout.write(`${task.status}: ${task.result}`)
  break
}
