import { tmpdir } from 'node:os'
import { moleculeClient } from '@molecule/sdk'
import { expect, onTestFinished, test } from 'vitest'
import type { Finding } from '../finding.ts'
import { givenServer, leadId, type Member } from '../testing/given-server.ts'
import { leadReview } from './lead-review.ts'

const folder = tmpdir()
const finding = (rest: Partial<Finding>): Finding => ({
  rule: 'code/long-file',
  severity: 'low',
  file: 'src/a.ts',
  line: 1,
  title: 'A long file',
  detail: 'It is long.',
  fix: 'Split it.',
  ...rest,
})
const answering = (name: string, findings: Finding[], notes: string[] = []): Member => ({
  name,
  answer: async () => ({ result: JSON.stringify({ findings, notes, checked: '3 files' }) }),
})

async function givenLead(members: readonly Member[]) {
  const server = await givenServer(members)
  onTestFinished(server.close)
  const stop = new AbortController()
  const said: string[] = []
  const lead = {
    client: moleculeClient({ baseUrl: server.url, token: 'agent' }),
    workspaceId: leadId,
    taskId: '00000000-0000-4000-8000-00000000aaaa',
    patience: { signal: stop.signal, firstDelayMs: 1, say: (line: string) => said.push(line) },
  }
  return {
    server,
    lead,
    said,
    stop,
    run: () => leadReview(lead, `Review the repository at ${folder}.`),
  }
}

test('the reviews of all specialists become one report, the worst first, each place once', async () => {
  const twice = finding({ rule: 'secrets/web-token', severity: 'high', file: 'src/b.ts', line: 7 })
  const past = finding({ severity: 'critical', file: 'old.ts', line: 3, commit: 'c'.repeat(40) })
  const { run } = await givenLead([
    answering('Secrets', [twice, past]),
    answering('Code', [finding({}), twice]),
  ])

  const report = await run()

  const places = [...report.matchAll(/^- `(.+?)`/gm)].map((match) => match[1])
  expect(places).toEqual(['old.ts:3', 'src/b.ts:7', 'src/a.ts:1'])
  expect(report).toContain('`old.ts:3` in commit `cccccccccc`')
  expect(report).toContain('| all | 3 |')
  expect(report).toContain('| Secrets | 3 files | 2 | 1 |')
})

test('a clean repository has no findings', async () => {
  const { run } = await givenLead([answering('Secrets', []), answering('Code', [])])

  expect(await run()).toContain('\n\nNo findings.\n\n')
})

test('every specialist gets its part before any has ended', async () => {
  const started: string[] = []
  const waiting = (name: string): Member => ({
    name,
    answer: async (request) => {
      started.push(request)
      while (started.length < 2) await new Promise((resolve) => setImmediate(resolve))
      return { result: JSON.stringify({ findings: [], notes: [], checked: '' }) }
    },
  })
  const { run } = await givenLead([waiting('Secrets'), waiting('Code')])

  await run()

  expect(started.sort()).toEqual([
    `Code: review the repository at ${folder}.`,
    `Secrets: review the repository at ${folder}.`,
  ])
})

test('a lead that starts again joins the work it asked for before', async () => {
  const { server, run } = await givenLead([answering('Secrets', []), answering('Code', [])])

  const first = await run()
  const second = await run()

  expect(server.delegations.size).toBe(2)
  expect(second).toBe(first)
})

test('a server that is away for a while is waited for', async () => {
  const { server, run, said } = await givenLead([answering('Code', [finding({})])])
  server.refuse(6)

  const report = await run()

  expect(report).toContain('`src/a.ts:1`')
  expect(said).toContain('the server does not answer; trying again until it does')
})

test('a lead that is told to stop does not wait any longer', async () => {
  const { server, run, stop } = await givenLead([answering('Code', [])])
  server.refuse(Number.POSITIVE_INFINITY)
  const running = run()
  stop.abort()

  await expect(running).rejects.toThrow(/aborted/)
})

test('a specialist that failed, and one that answers something else, are told as gaps', async () => {
  const { run } = await givenLead([
    {
      name: 'Code',
      answer: async () => ({
        status: 'failed',
        error: { detail: 'exit code 1' },
        attempts: [{}, {}],
      }),
    },
    { name: 'History', answer: async () => ({ result: 'all is well' }) },
    answering('Secrets', []),
  ])

  const report = await run()

  expect(report).toContain('No findings in the parts that were checked.')
  expect(report).toContain('- **Code**: its task ended as failed: exit code 1')
  expect(report).toContain('- **History**: its answer is not a review')
  expect(report).toContain('| Code | nothing | – | 2 |')
})

test('a note that several specialists make is told once', async () => {
  const note = 'Only the first 20,000 files were reviewed.'
  const { run } = await givenLead([answering('Code', [], [note]), answering('Secrets', [], [note])])

  expect(await run()).toContain(`- Code, Secrets: ${note}`)
})

test('nothing a repository holds turns into markup', async () => {
  const file = 'a`b\n# title|x.ts'
  const { run } = await givenLead([answering('Code', [finding({ file, title: 'of <b> [x](y)' })])])

  const report = await run()

  expect(report).toContain('- ``a`b\\u000a# title|x.ts:1``: **of \\<b\\> \\[x\\](y)**')
})

test('a lead without specialists, and a request without a folder, say what to do', async () => {
  const { run, lead } = await givenLead([])

  await expect(run()).rejects.toThrow('add a workspace to it')
  await expect(leadReview(lead, 'Review this, please')).rejects.toThrow('names no folder')
  await expect(leadReview(lead, 'Review the repository at /no/such/place.')).rejects.toThrow(
    'is not a folder on this machine',
  )
})
