import { setTimeout as sleep } from 'node:timers/promises'
import type { ShutdownResult } from '@molecule/contract/admin'
import type { Client } from '@molecule/sdk'
import type { Command } from 'commander'
import { type Cli, clientFor } from '../cli.ts'
import { CliError, usageError } from '../cli-error.ts'
import { dataDirOf, resolveConnection } from '../connection.ts'
import { exitCode } from '../exit-code.ts'
import { isAlive, readRunningServer } from '../running-server.ts'
import { runServer } from '../server-process.ts'

const stopAgentsWithinMs = 120_000
const endWithinMs = 60_000
const betweenLooksMs = 50

export const down = (command: Command, cli: Cli) => command.action(() => stopAll(cli))

async function stopAll(cli: Cli) {
  const { url, token, dataDir: given } = cli.options()
  if (url !== undefined)
    throw usageError(
      '`down` stops the server of a data folder on this machine, not one at an address.',
      'Leave --url out, or name the folder with --data-dir.',
    )
  const dataDir = dataDirOf(given === undefined ? {} : { dataDir: given }, cli.env)
  const server = readRunningServer(dataDir)
  if (server?.isAlive) {
    const options = { url: server.url, dataDir, ...(token === undefined ? {} : { token }) }
    const client = clientFor(resolveConnection(options, cli.env))
    if (await isServedBy(client, server.pid, cli.signal)) return shutDown(cli, client, server.pid)
  }
  return stopWithoutServer(cli, dataDir)
}

/** Agents outlive their server: one that only stops them is started, and says itself what it did. */
async function stopWithoutServer(cli: Cli, dataDir: string) {
  const code = await runServer({
    args: ['--down'],
    env: { ...cli.env, MOLECULE_DATA_DIR: dataDir },
    isTerminal: cli.stdin.isTTY === true,
    stdout: cli.out.isJson ? 2 : 'inherit',
  })
  if (cli.out.isJson) cli.out.document({ ok: code === 0 })
  cli.endWith(code)
}

/** A pid may belong to another program by now: only the server itself can say that it is its own. */
async function isServedBy(client: Client, pid: number, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.health({ signal, timeoutMs: 5000 })).pid === pid
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Error) return false
    throw error
  }
}

async function shutDown(cli: Cli, client: Client, pid: number) {
  using progress = cli.out.spinner('stopping the agents')
  const body = { stop_agents: true }
  const result = await client.admin.shutdown(body, {
    signal: cli.signal,
    timeoutMs: stopAgentsWithinMs,
  })
  progress.update('waiting for the server to end')
  await untilGone(pid, cli.signal)
  tell(cli, result)
}

async function untilGone(pid: number, signal: AbortSignal) {
  const giveUpAt = Date.now() + endWithinMs
  while (isAlive(pid)) {
    if (Date.now() > giveUpAt)
      throw new CliError(`The server (pid ${pid}) has not ended within ${endWithinMs / 1000} s.`, {
        exitCode: exitCode.failed,
        hint: `Look at its log; \`kill -9 ${pid}\` ends it, no work is lost.`,
      })
    await sleep(betweenLooksMs, undefined, { signal })
  }
}

function tell(cli: Cli, result: ShutdownResult) {
  const { agents_stopped: stopped, agents_left: left } = result
  cli.out.show(result, () =>
    cli.out.lines([`Stopped ${stopped} ${stopped === 1 ? 'agent' : 'agents'} and the server.`]),
  )
  if (left > 0)
    throw new CliError(`${left} could not be proven gone.`, {
      exitCode: exitCode.failed,
      hint: 'Run `molecule down` again: it goes on with what is left.',
    })
}
