import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { buildCleanRepository } from '../fixture.ts'
import { searchPath } from './environment.ts'
import { parseReview } from './lead/answer.ts'
import { givenServer, leadId } from './testing/given-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'repository-review-'))
beforeAll(() => buildCleanRepository(folder))
afterAll(() => rmSync(folder, { recursive: true }))

const programPath = (name: string) => join(import.meta.dirname, `${name}.ts`)
/** Starts its arguments as a program and waits for it, as an agent host does. */
const hostSource = `
  const { spawn } = require('node:child_process')
  spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1))`

/** Runs a program as an agent host does; the host is a process of its own. */
async function runAgent(
  args: string[],
  { attempt = 1, url = 'http://127.0.0.1:1', tokenFile = '/none' } = {},
) {
  const host = spawn(process.execPath, ['-e', hostSource, '--', ...args], {
    env: {
      PATH: searchPath(),
      WORKSPACE_ID: leadId,
      PLATFORM_URL: url,
      TASK_ID: '00000000-0000-4000-8000-00000000aaaa',
      TASK_ATTEMPT: String(attempt),
      MOLECULE_TOKEN_FILE: tokenFile,
    },
  })
  host.stdin.on('error', () => {})
  host.stdin.end(`Review the repository at ${folder}.`)
  const [answer, log, end] = await Promise.all([
    readAll(host.stdout),
    readAll(host.stderr),
    ended(host),
  ])
  return { answer, log, ...end }
}

const ended = (child: ChildProcess) =>
  new Promise<{ code: number | null; killedBy: string | null }>((resolve) => {
    child.once('exit', (code, killedBy) => resolve({ code, killedBy }))
  })

test.each(['secrets', 'dependencies', 'code', 'history'])(
  '%s answers with a review',
  async (name) => {
    const { answer, log, code } = await runAgent([programPath(name)])

    expect(code, log).toBe(0)
    expect(parseReview(answer)).toMatchObject({ findings: [], notes: [] })
  },
)

test('history is killed on purpose once, with its host, and the next attempt ends the work', async () => {
  const args = [programPath('history'), '--crash-once']

  const first = await runAgent(args, { attempt: 1 })
  const second = await runAgent(args, { attempt: 2 })

  expect(first).toMatchObject({ killedBy: 'SIGKILL', answer: '' })
  expect(first.log).toContain('1/3 1 commit read')
  expect(parseReview(second.answer)?.notes).toEqual([expect.stringContaining('killed on purpose')])
})

test('the lead prints the report alone on standard output', async () => {
  const answer = async () => ({ result: JSON.stringify({ findings: [], notes: [], checked: '' }) })
  const server = await givenServer([{ name: 'Code', answer }])
  onTestFinished(server.close)
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, 'agent\n')

  const run = await runAgent([programPath('lead')], { url: server.url, tokenFile })

  expect(run.answer).toMatch(/^# Review of `/)
  expect(run.log).toContain('plan: Code')
})

test('a program that cannot do its work says why and fails', async () => {
  const { code, log, answer } = await runAgent([programPath('lead')], { tokenFile: '/none' })

  expect({ code, answer }).toEqual({ code: 1, answer: '' })
  expect(log).toContain('/none')
})
