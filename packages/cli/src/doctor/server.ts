import type { Cli } from '../cli.ts'
import { duration } from '../output/time.ts'
import { failure, ok, type Report } from './finding.ts'

const answerWithinMs = 10_000

/** True when the server answers: nothing else can be looked at otherwise. */
export async function checkServer(cli: Cli, report: Report): Promise<boolean> {
  const { url, urlFrom } = cli.connection()
  try {
    const startedAt = performance.now()
    const { version, pid } = await cli.client().health(limits(cli))
    const took = duration(performance.now() - startedAt)
    report(ok('server', `${url} answers in ${took} (version ${version}, pid ${pid})`))
    return true
  } catch (error) {
    cli.signal.throwIfAborted()
    const finding = failure('server', error)
    report({ ...finding, detail: `${finding.detail} (address from ${urlFrom})` })
    return false
  }
}

export async function checkReady(cli: Cli, report: Report) {
  try {
    const { ready, checks } = await cli.client().ready(limits(cli))
    for (const { name, ok: isFine, detail } of checks)
      if (!isFine)
        report({
          name: `ready: ${name}`,
          status: 'fail',
          detail,
          fix: 'See the log of the server for more; a restart goes on where it stopped.',
        })
    for (const { name, ok: isFine, detail } of checks)
      if (isFine && name.startsWith('backend ')) report(ok(name, detail))
    if (ready) report(ok('ready', checks.map(({ name }) => name).join(', ')))
  } catch (error) {
    cli.signal.throwIfAborted()
    report(failure('ready', error))
  }
}

/** True when the credential is accepted. */
export async function checkCredential(cli: Cli, report: Report): Promise<boolean> {
  const { tokenFrom, token } = cli.connection()
  try {
    const session = await cli.client().session.current(limits(cli))
    report(ok('credential', `${session.name} (${session.kind}), from ${tokenFrom}`))
    return true
  } catch (error) {
    cli.signal.throwIfAborted()
    const finding = failure('credential', error)
    const which = token === undefined ? 'no credential was found' : `from ${tokenFrom}`
    report({ ...finding, detail: `${finding.detail} (${which})` })
    return false
  }
}

const limits = ({ signal }: Cli) => ({ signal, timeoutMs: answerWithinMs })
