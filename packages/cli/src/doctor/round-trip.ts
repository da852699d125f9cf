import { randomUUID } from 'node:crypto'
import type { Workspace } from '@molecule/contract/workspace'
import type { Cli } from '../cli.ts'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { duration } from '../output/time.ts'
import { untilOnline } from '../until-online.ts'
import { failure, ok, type Report, skip } from './finding.ts'

const onlineWithinMs = 60_000
const answerWithinMs = 60_000
const deleteWithinMs = 10_000
const waitS = 20

/** Real work: makes a workspace that runs `cat`, asks it, expects the echo, deletes it again. */
export async function checkRoundTrip(cli: Cli, report: Report) {
  const workspace = await checkWrite(cli, report)
  if (!workspace) return report(skip('agent', 'write'))
  try {
    await checkAgent(cli, workspace, report)
  } catch (error) {
    cli.signal.throwIfAborted()
    report(failure('agent', error))
  } finally {
    await checkDelete(cli, workspace, report)
  }
}

async function checkWrite(cli: Cli, report: Report): Promise<Workspace | undefined> {
  const startedAt = performance.now()
  try {
    const workspace = await cli.client().workspaces.create(
      {
        name: `doctor-${randomUUID().slice(0, 8)}`,
        role: 'Made by molecule doctor, deleted when it is done',
        runtime: 'command',
        runtime_config: { command: 'cat' },
      },
      { signal: cli.signal },
    )
    const took = duration(performance.now() - startedAt)
    report(ok('write', `workspace "${workspace.name}" stored in ${took}`))
    return workspace
  } catch (error) {
    cli.signal.throwIfAborted()
    report(failure('write', error))
    return undefined
  }
}

async function checkAgent(cli: Cli, workspace: Workspace, report: Report) {
  const startedAt = performance.now()
  await untilOnline(cli, workspace, onlineWithinMs)
  const onlineAt = performance.now()
  const said = `echo ${randomUUID()}`
  const heard = await askAndWait(cli, workspace.id, said)
  if (heard.trim() !== said)
    throw new CliError(`the agent was sent "${said}" and answered "${heard.slice(0, 100)}"`, {
      exitCode: exitCode.failed,
      hint: 'Check which program `cat` is for the server: it must repeat its input.',
    })
  const start = duration(onlineAt - startedAt)
  report(ok('agent', `online in ${start}, answered in ${duration(performance.now() - onlineAt)}`))
}

async function askAndWait(cli: Cli, workspaceId: string, text: string): Promise<string> {
  using _progress = cli.out.spinner('asking the agent')
  const signal = AbortSignal.any([cli.signal, AbortSignal.timeout(answerWithinMs)])
  const client = cli.client()
  const { id } = await client.workspaces.ask(workspaceId, { text }, { signal })
  while (true) {
    const task = await client.tasks.get(id, { wait: waitS }, { signal })
    if (task.status === 'completed') return task.result ?? ''
    if (task.ended_at !== null)
      throw new CliError(
        `its task ended ${task.status}: ${task.error?.detail ?? 'no reason given'}`,
        {
          exitCode: exitCode.failed,
          hint: task.error?.hint ?? 'Look at the server log.',
        },
      )
  }
}

/** Also after Ctrl-C: nothing of the check may stay behind. */
async function checkDelete(cli: Cli, { id, name }: Workspace, report: Report) {
  try {
    const signal = AbortSignal.timeout(deleteWithinMs)
    await cli.client().workspaces.remove(id, { confirm: true, purge: true }, { signal })
    report(ok('delete', `workspace "${name}" is gone again`))
  } catch (error) {
    const fix = `Delete it yourself: molecule ws delete ${id} --yes --purge`
    report({ ...failure('delete', error), fix })
  }
}
