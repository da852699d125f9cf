import { join } from 'node:path'
import { isTerminal } from '@molecule/contract/task'
import { prettifyError, ZodError } from 'zod'
import { StartError } from '../boot/start-error.ts'
import type { RunningServer } from '../boot/start-server.ts'
import { feedHead } from '../domain/event/event-store.ts'
import type { Principal } from '../domain/identity/principal.ts'
import { taskById } from '../domain/task/task-store.ts'
import { followDemo } from './follow-demo.ts'
import { demoTask, importDemo } from './import-demo.ts'
import { readTemplate } from './template.ts'

type Options = {
  /** Folder of the program, which holds the examples. */
  root: string
  repository: string
  say: (line: string) => void
  signal: AbortSignal
}

const MAX_LINES = 60

/** On a fresh installation imports the demo; later it only goes on telling of a demo that has not ended. */
export async function runDemo(server: RunningServer, options: Options): Promise<void> {
  const { db, services } = server
  const { root, repository, say, signal } = options
  const since = await feedHead(db)
  const known = await demoTask(db)
  if (known) {
    const row = await taskById(db, known)
    if (!row || isTerminal(row.status)) return
    say('The demo goes on where it was.')
  }
  const task = known ?? (await begin(server, { root, repository }))
  if (!task) return
  if (!known) say(`The demo organization reviews ${repository}. Watch it in the canvas.`)
  say('')
  const began = services.clock.now()
  const tell = (line: string) => say(`  ${seconds(services.clock.now() - began)}  ${line}`)
  const report = await followDemo(services, { task, since, say: tell, signal })
  if (report === undefined) return
  say('')
  printReport(report, task, say)
}

async function begin(server: RunningServer, places: { root: string; repository: string }) {
  const orgDir = join(places.root, 'examples/repository-review')
  const template = await readTemplate(join(orgDir, 'org.yaml'), {
    orgDir,
    repository: places.repository,
  }).catch((error: unknown) => {
    const why = error instanceof ZodError ? prettifyError(error) : String(error)
    throw new StartError(`The demo cannot be read: ${why}`, 'Start with --no-demo.')
  })
  const principal: Principal = { kind: 'system', orgId: server.installation.orgId }
  return importDemo(server.db, principal, template)
}

function printReport(report: string, task: string, say: (line: string) => void): void {
  const lines = report.trimEnd().split('\n')
  for (const line of lines.slice(0, MAX_LINES)) say(line)
  if (lines.length > MAX_LINES) say(`… ${lines.length - MAX_LINES} more lines`)
  say('')
  say(`The whole report: npx molecule task ${task}`)
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(7)
