import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { exitCode } from '../../exit-code.ts'
import { readTextFolder } from '../../text-folder.ts'
import { countsText, tellPlan } from './tell-plan.ts'

export const orgDiff = (command: Command, cli: Cli) =>
  command.action(async (folder: string, options: { lenient?: boolean }) => {
    const { out, signal } = cli
    const files = await readTextFolder(folder, 'org.yaml')
    const plan = await cli.client().org.plan({ files, ...options, mode: 'prune' }, { signal })
    const differing = plan.nodes.filter(
      ({ action, changes }) => action !== 'exists' || changes.length > 0,
    )
    out.show({ ...plan, nodes: differing }, () => {
      tellPlan(cli, plan, differing)
      if (differing.length === 0) out.note(`${plan.org} is what the template says.`)
      else out.note(`${plan.org}: ${countsText(plan)}.`)
    })
    if (differing.length > 0) cli.endWith(exitCode.failed)
  })
