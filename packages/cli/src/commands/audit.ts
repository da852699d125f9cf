import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { auditExport } from './audit/export.ts'
import { auditList } from './audit/list.ts'
import { auditVerify } from './audit/verify.ts'

export function audit(command: Command, cli: Cli) {
  const add = (name: string, description: string) => command.command(name).description(description)
  auditList(add('list', 'List who did what, newest first'), cli)
  auditVerify(add('verify', 'Check that no record was changed, removed or added'), cli)
  auditExport(add('export', 'Print the whole log, a record per line, to be kept elsewhere'), cli)
}
