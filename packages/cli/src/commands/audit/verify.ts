import { createReadStream } from 'node:fs'
import type { AuditVerdict } from '@molecule/contract/audit'
import type { AuditPoint } from '@molecule/contract/audit-chain'
import type { Command } from 'commander'
import { linesOf } from '../../audit/lines.ts'
import { auditPoint, pointText } from '../../audit/point.ts'
import { verifyExport } from '../../audit/verify-export.ts'
import type { Cli } from '../../cli.ts'
import { usageError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { oneLine } from '../../output/plain-text.ts'

type VerifyOptions = { file?: string; head?: AuditPoint; since?: AuditPoint }

const longestVerificationMs = 3_600_000

export const auditVerify = (command: Command, cli: Cli) =>
  command
    .option('--file <file>', 'check this export by itself, without a server; - is standard input')
    .option('--head <seq:hash>', 'a head that was kept: the log must run through it', auditPoint)
    .option('--since <seq:hash>', 'the head that an export with --since goes on from', auditPoint)
    .action(async (options: VerifyOptions) => {
      check(options)
      const verdict = await verdictOn(cli, options)
      tell(cli, verdict)
      cli.endWith(verdict.ok ? exitCode.ok : exitCode.failed)
    })

function check({ file, head, since }: VerifyOptions) {
  if (since && file === undefined)
    throw usageError(
      '--since is for a file that does not begin with the first record.',
      'Name it with --file, or leave --since out: the server checks the whole log.',
    )
  if (since && head && head.seq < since.seq)
    throw usageError(
      `The head ${head.seq} lies before the beginning of the file, which is ${since.seq}.`,
      'Check the export that holds it, or give a newer head.',
    )
}

function verdictOn(cli: Cli, { file, head, since }: VerifyOptions): Promise<AuditVerdict> {
  const { signal } = cli
  if (file === undefined) {
    const query = head ? { head: pointText(head) } : {}
    return cli.client().audit.verify(query, { signal, timeoutMs: longestVerificationMs })
  }
  const pieces = file === '-' ? cli.stdin.setEncoding('utf8') : readFrom(file, signal)
  const known = { ...(head ? { through: head } : {}), ...(since ? { after: since } : {}) }
  return verifyExport(linesOf(pieces), known)
}

async function* readFrom(file: string, signal: AbortSignal): AsyncGenerator<string> {
  try {
    yield* createReadStream(file, { encoding: 'utf8', signal })
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof Error ? error.message : String(error)
    throw usageError(`The file cannot be read: ${why}.`, 'Write one: molecule audit export > FILE')
  }
}

function tell({ out }: Cli, verdict: AuditVerdict) {
  const { ok, checked, head, broken_at, fault, field, problem } = verdict
  out.show(verdict, () => {
    const holds = checked === 1 ? '1 record holds' : `${checked} records hold`
    if (ok) out.lines([`${out.style('good', 'intact')}  ${holds}.`])
    else
      out.lines([
        `${out.style('bad', 'broken')}  ${oneLine(problem ?? '')}.`,
        `  at record ${broken_at}: ${fault}${field ? `, shown by ${oneLine(field)}` : ''}; ${holds} before it.`,
      ])
    if (ok && head) {
      out.lines([`head    ${pointText(head)}`])
      out.note(
        'Keep the head elsewhere: with --head it shows later whether the log was cut or rewritten.',
      )
    }
  })
}
