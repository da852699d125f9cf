import { readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Activity } from '@molecule/contract/activity'
import type { ChatFile, UploadedFiles } from '@molecule/contract/chat-file'
import { expect, test } from 'vitest'
import { chatFolder } from '../adapter/chat-files/folder.ts'
import { chatFileSweeper } from '../reconcile/chat-file-sweeper.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { quietLog } from '../testing/given-controller.ts'
import { givenExternal } from '../testing/given-external.ts'
import { bodyOf, refusalOf, testServer } from '../testing/test-server.ts'

const MIB = 1024 * 1024

async function given() {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const send = (files: File[], token = scout.token, field = 'files') => {
    const form = new FormData()
    for (const file of files) form.append(field, file)
    const path = `/workspaces/${scout.id}/chat/uploads`
    return server.request('POST', path, { headers: bearer(token), body: form })
  }
  const sent = async (files: File[]) => (await bodyOf<UploadedFiles>(await send(files))).files
  const load = (path: string, token = scout.token) =>
    server.request(
      'GET',
      `/workspaces/${scout.id}/chat/download?path=${encodeURIComponent(path)}`,
      { headers: bearer(token) },
    )
  const folder = join(server.dataDir, 'chat-files')
  const stored = async () => readdir(join(folder, scout.id)).catch((): string[] => [])
  return { server, scout, bearer, send, sent, load, folder, stored }
}

const note = (name = 'note.txt', text = 'seen', type = 'text/plain') =>
  new File([text], name, { type })

test('golden 11: a file that was uploaded is told by a notice as it was stored, to watchers and in the log', async () => {
  const { server, scout, sent } = await given()
  const files = await sent([note('Bericht für alle.txt'), note('b.bin', 'xy', '')])

  await scout.call('POST', `/workspaces/${scout.id}/notify`, {
    message: 'done',
    attachments: files,
  })

  expect(files).toMatchObject([
    { name: 'Bericht für alle.txt', mimeType: 'text/plain', size: 4 },
    { name: 'b.bin', mimeType: 'application/octet-stream', size: 2 },
  ])
  const [entry] = await bodyOf<Activity[]>(
    await scout.call('GET', `/workspaces/${scout.id}/activity?method=notify`),
  )
  expect(entry?.response_body?.parts).toEqual(files.map((file) => ({ kind: 'file', file })))
  const told = await server.db
    .selectFrom('events')
    .select('payload')
    .where('event', '=', 'AGENT_MESSAGE')
    .executeTakeFirstOrThrow()
  expect(told.payload).toMatchObject({ attachments: files })
})

test('a file is loaded by its uri and by its path, to be saved under its own name', async () => {
  const { server, sent, load } = await given()
  const [file] = await sent([note('a "b"/ü.html', '<script>alert(1)</script>', 'text/html')])

  const byUri = await load(file?.uri ?? '')
  const byPath = await load(file?.uri.replace('workspace:', '') ?? '', server.adminToken)

  expect(file?.name).toBe('ü.html')
  for (const answer of [byUri, byPath]) expect(await answer.text()).toContain('<script>')
  expect(byUri.headers.get('content-disposition')).toBe(
    `attachment; filename="_.html"; filename*=UTF-8''%C3%BC.html`,
  )
  expect(byUri.headers.get('x-content-type-options')).toBe('nosniff')
})

test('a path that is not exactly that of a file of this chat leads nowhere', async () => {
  const { server, sent, load } = await given()
  const [file] = (await sent([note()])) as [ChatFile]
  const other = await givenExternal(server, { name: 'Other' })

  const paths = [
    file.uri.replace('note.txt', 'other.txt'),
    file.uri.replace('/workspace/', '/workspace/../workspace/'),
    '/etc/passwd',
    `/workspace/.molecule/chat-uploads/${'0'.repeat(32)}-note.txt`,
  ]
  for (const path of paths) expect([path, (await load(path)).status]).toEqual([path, 404])
  const ofOther = await other.call(
    'GET',
    `/workspaces/${other.id}/chat/download?path=${encodeURIComponent(file.uri)}`,
  )
  expect(ofOther.status).toBe(404)
  expect((await load(file.uri, other.token)).status).toBe(403)
})

test('what is no form, has no file, or is too large is refused, and nothing of it is stored', async () => {
  const { server, scout, send, bearer, stored } = await given()
  const path = `/workspaces/${scout.id}/chat/uploads`
  const headers = { ...bearer(scout.token), 'content-type': 'multipart/form-data; boundary=x' }
  const large = new File([new Uint8Array(25 * MIB + 1)], 'large.bin')
  const half = new File([new Uint8Array(24 * MIB)], 'half.bin')

  const json = await scout.call('POST', path, { files: [] })
  const broken = await server.request('POST', path, { headers, body: '--y\r\n' })
  const stranger = await givenExternal(server, { name: 'Stranger' })

  expect(await refusalOf(json)).toEqual([400, 'invalid'])
  expect(await refusalOf(broken)).toEqual([400, 'invalid'])
  expect(await refusalOf(await send([note()], scout.token, 'other'))).toEqual([400, 'invalid'])
  expect(await refusalOf(await send([note(), large]))).toEqual([413, 'too_large'])
  expect(await refusalOf(await send([half, half, half]))).toEqual([413, 'too_large'])
  expect(await refusalOf(await send([note()], stranger.token))).toEqual([403, 'forbidden'])
  expect((await server.request('POST', path, { headers: {}, body: '' })).status).toBe(401)
  expect(await stored()).toEqual([])
})

test('files of a chat go with the purge of their workspace, not with its removal', async () => {
  const { server, scout, sent, stored } = await given()
  await sent([note(), note('two.txt')])
  const rows = () => server.db.selectFrom('chatFiles').select('id').execute()

  await server.client.workspaces.remove(scout.id)
  const kept = await stored()
  await server.client.workspaces.remove(scout.id, { purge: true })

  expect(kept).toHaveLength(2)
  await expect.poll(rows).toEqual([])
  await expect.poll(stored).toEqual([])
})

test('bytes that an upload left behind without a row are removed once it can have no row any more', async () => {
  const { server, scout, sent, folder, stored } = await given()
  const [file] = (await sent([note()])) as [ChatFile]
  const left = join(folder, scout.id, '00000000-0000-4000-8000-000000000000')
  await writeFile(left, 'half')
  await writeFile(`${left}.part`, 'ha')
  const clock = fakeClock()
  const sweeper = chatFileSweeper({
    ...{ db: server.db, log: quietLog, clock },
    chatFolder: chatFolder(folder),
  })
  const at = async (ageMs: number) => {
    const seconds = (clock.now() - ageMs) / 1000
    for (const path of [left, `${left}.part`]) await utimes(path, seconds, seconds)
    await sweeper.round(new AbortController().signal)
    return (await stored()).length
  }

  expect(await at(60_000)).toBe(3)
  expect(await at(2 * 3600_000)).toBe(1)
  expect((await stat(join(folder, scout.id))).isDirectory()).toBe(true)
  expect(await server.db.selectFrom('chatFiles').select('name').execute()).toEqual([
    { name: file.name },
  ])
})
