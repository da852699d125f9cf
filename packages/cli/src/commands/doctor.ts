import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { dataDirOf } from '../connection.ts'
import type { Finding, Report } from '../doctor/finding.ts'
import { skip } from '../doctor/finding.ts'
import { dataFolder, freeDisk, nodeVersion, optionalPrograms } from '../doctor/machine.ts'
import { checkRoundTrip } from '../doctor/round-trip.ts'
import { checkCredential, checkReady, checkServer } from '../doctor/server.ts'
import { exitCode } from '../exit-code.ts'
import { oneLine } from '../output/plain-text.ts'
import { toneOf } from '../output/style.ts'

export const doctor = (command: Command, cli: Cli) =>
  command.action(async () => {
    const findings: Finding[] = []
    const report: Report = (finding) => {
      findings.push(finding)
      if (!cli.out.isJson) printFinding(cli, finding)
    }
    checkMachine(cli, report)
    await checkInstallation(cli, report)
    summarize(cli, findings)
  })

function checkMachine({ env, options }: Cli, report: Report) {
  const dataDir = dataDirOf(options(), env)
  report(nodeVersion(process.versions.node))
  report(dataFolder(dataDir))
  report(freeDisk(dataDir))
  for (const finding of optionalPrograms(env)) report(finding)
}

async function checkInstallation(cli: Cli, report: Report) {
  if (!(await checkServer(cli, report)))
    return skipAll(['ready', 'credential', 'write', 'agent'], 'server', report)
  await checkReady(cli, report)
  if (!(await checkCredential(cli, report)))
    return skipAll(['write', 'agent'], 'credential', report)
  return checkRoundTrip(cli, report)
}

function skipAll(names: readonly string[], needs: string, report: Report) {
  for (const name of names) report(skip(name, needs))
}

function printFinding({ out }: Cli, { name, status, detail, fix }: Finding) {
  const tone = status === 'note' || status === 'skip' ? 'dim' : toneOf(status)
  out.lines([
    `${out.style(tone, status.padEnd(4))}  ${name.padEnd(12)}  ${oneLine(detail)}`,
    ...(fix === ''
      ? []
      : [`      ${' '.repeat(12)}  ${out.style('bold', 'fix')}  ${oneLine(fix)}`]),
  ])
}

function summarize(cli: Cli, findings: readonly Finding[]) {
  const failed = findings.filter(({ status }) => status === 'fail').length
  if (cli.out.isJson) cli.out.document({ ok: failed === 0, checks: findings })
  else
    cli.out.note(
      failed === 0 ? 'All is well.' : `${failed} ${failed === 1 ? 'fault' : 'faults'} to fix.`,
    )
  if (failed > 0) cli.endWith(exitCode.failed)
}
