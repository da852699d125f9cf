import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readAll } from 'node:stream/consumers'

export const leadId = '00000000-0000-4000-8000-000000000001'
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

export type Member = { name: string; answer: (request: string) => Promise<object> }

type Delegated = { id: string; member: Member; request: string; looks: number }

/** As much of a Molecule server as a lead sees: its team, delegation by key, and tasks that end. */
export async function givenServer(members: readonly Member[]) {
  const byKey = new Map<string, Delegated>()
  let refusals = 0

  function delegate(body: { target_id: string; task: string; idempotency_key: string }) {
    const member = members.find((_member, n) => idOf(n + 10) === body.target_id)
    if (!member) throw new Error(`no member ${body.target_id}`)
    const known = byKey.get(body.idempotency_key)
    const id = known?.id ?? idOf(byKey.size + 100)
    if (!known) byKey.set(body.idempotency_key, { id, member, request: body.task, looks: 0 })
    return { delegation_id: id, status: 'delegated', target_id: body.target_id }
  }

  async function task(id: string) {
    const delegated = [...byKey.values()].find((one) => one.id === id)
    if (!delegated) throw new Error(`no task ${id}`)
    const isOpen = delegated.looks++ === 0
    if (isOpen) return { id, status: 'in_progress', attempt: 1, attempts: [{}], ended_at: null }
    const ended_at = '2024-03-01T00:00:00.000Z'
    const rest = await delegated.member.answer(delegated.request)
    return { id, status: 'completed', attempt: 1, attempts: [{}], ended_at, error: null, ...rest }
  }

  async function answer(request: IncomingMessage): Promise<unknown> {
    const path = (request.url ?? '').split('?')[0]
    if (path === '/workspaces')
      return [
        { id: leadId, name: 'Review lead', role: null, parent_id: null },
        ...members.map(({ name }, n) => ({
          id: idOf(n + 10),
          name,
          role: null,
          parent_id: leadId,
        })),
      ]
    if (path === `/workspaces/${leadId}/delegate`)
      return delegate(JSON.parse(await readAll(request)))
    return task(path?.replace('/tasks/', '') ?? '')
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (refusals-- > 0) return void request.socket.destroy()
    answer(request).then(
      (body) => response.end(JSON.stringify(body)),
      (error) => response.writeHead(400).end(JSON.stringify({ detail: String(error) })),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    /** Every delegation that was made, by its key. */
    delegations: byKey,
    /** The next requests get no answer, as while a server restarts. */
    refuse(requests: number) {
      refusals = requests
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
