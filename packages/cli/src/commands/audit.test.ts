import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditRecord } from '@molecule/contract/audit'
import { expect, test } from 'vitest'
import { auditRecords, exportText, headOf } from '../testing/audit-export.ts'
import { givenCli } from '../testing/given-cli.ts'
import { bareHome, runCli } from '../testing/run-cli.ts'

const audit = auditRecords(3)
const head = headOf(audit)
const kept = `${head.seq}:${head.hash}`
const tampered = audit.with(1, { ...audit[1], actor: 'user:mallory' } as AuditRecord)

async function givenFile(text: string) {
  const home = bareHome()
  await writeFile(join(home.path, 'audit.ndjson'), text)
  return home
}

/** No server is up, and none is needed. */
const verifyFile = (home: { path: string }, ...args: string[]) =>
  runCli(['audit', 'verify', '--file', 'audit.ndjson', ...args], { cwd: home.path })

test('list shows who did what, what changed, and where to go on', async () => {
  await using cli = await givenCli({ audit })

  const { code, stdout, stderr } = await cli.run(['audit', 'list', '--limit', '2'])

  expect(code).toBe(0)
  expect(stdout).toMatch(/^SEQ +TIME +ACTOR +ACTION +ENTITY +CHANGE\n +3 +2026/)
  expect(stdout).toContain('user:ada  workspace.update  echo')
  expect(stdout).toContain('name: "Echo 3" → "Echo 4", role: "größer <&> 🙂"')
  expect(stderr).toContain('add --before 2')
})

test('list hands its filters on', async () => {
  await using cli = await givenCli({ audit })
  const filter = ['--actor', 'admin', '--action', 'secret', '--entity', 'e', '--before', '9']
  const times = ['--from', '2026-01-01T00:00:00Z', '--to', '2026-02-01T00:00:00Z']

  const { stdout } = await cli.run(['audit', 'list', '--json', ...filter, ...times])

  expect(JSON.parse(stdout).records).toHaveLength(3)
  expect(Object.fromEntries(cli.server.asked[0]?.query ?? [])).toEqual({
    actor: 'admin',
    action: 'secret',
    entity_id: 'e',
    before: '9',
    from: '2026-01-01T00:00:00Z',
    to: '2026-02-01T00:00:00Z',
  })
})

test('verify asks the server, and ends with 0 or 1', async () => {
  await using cli = await givenCli({ audit })

  const intact = await cli.run(['audit', 'verify'])
  const broken = await cli.run(['audit', 'verify', '--head', `3:${'0'.repeat(64)}`, '--json'])

  expect(intact).toMatchObject({ code: 0, stdout: `intact  3 records hold.\nhead    ${kept}\n` })
  expect(intact.stderr).toContain('Keep the head elsewhere')
  expect(broken.code).toBe(1)
  expect(JSON.parse(broken.stdout)).toMatchObject({ ok: false, fault: 'head' })
})

test('what export prints is what verify reads, also from standard input', async () => {
  await using cli = await givenCli({ audit })

  const exported = await cli.run(['audit', 'export'])
  const { code } = await cli.run(['audit', 'verify', '--file', '-', '--head', kept], {
    stdin: exported.stdout,
  })

  expect(exported.stdout).toBe(exportText(audit, head))
  expect(code).toBe(0)
})

test('a later part goes on from the head before it', async () => {
  await using cli = await givenCli({ audit })
  const { stdout } = await cli.run(['audit', 'export', '--since', '2'])
  const since = `2:${audit[1]?.hash}`

  const { code } = await cli.run(['audit', 'verify', '--file', '-', '--since', since], {
    stdin: stdout,
  })

  expect([stdout.split('\n').length, code]).toEqual([3, 0])
})

test('a file is checked without a server; a tampered one ends with 1 and says where', async () => {
  using good = await givenFile(exportText(audit, head))
  using bad = await givenFile(exportText(tampered, head))

  const intact = await verifyFile(good, '--head', kept)
  const broken = await verifyFile(bad)

  expect(intact.code).toBe(0)
  expect(broken.code).toBe(1)
  expect(broken.stdout).toBe(
    'broken  record 2 was changed after it was written: its hash is of other content.\n' +
      '  at record 2: changed, shown by hash; 1 record holds before it.\n',
  )
})

test.each([
  [['--file', 'nowhere'], 'The file cannot be read: ENOENT'],
  [['--file', '.'], 'The file cannot be read: EISDIR'],
  [['--head', '12'], '"12" is not a place in the audit log.'],
  [['--since', kept], '--since is for a file'],
  [['--file', 'x', '--since', kept, '--head', `1:${head.hash}`], 'lies before the beginning'],
])('verify %j is wrong usage and ends with 2', async (args, what) => {
  using home = bareHome()

  const { code, stdout, stderr } = await runCli(['audit', 'verify', ...args], { cwd: home.path })

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(what)
})
