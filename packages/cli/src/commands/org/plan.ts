import type { PlanOrg } from '@molecule/contract/org'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { exitCode } from '../../exit-code.ts'
import { readTextFolder } from '../../text-folder.ts'
import { countsText, tellPlan } from './tell-plan.ts'

type Options = Pick<PlanOrg, 'mode' | 'lenient'>

export const orgPlan = (command: Command, cli: Cli) =>
  command.action(async (folder: string, options: Options) => {
    const { out, signal } = cli
    const files = await readTextFolder(folder, 'org.yaml')
    const plan = await cli.client().org.plan({ files, ...options }, { signal })
    out.show(plan, () => {
      tellPlan(cli, plan)
      out.note(`${plan.org}: ${countsText(plan)}.`)
    })
    if (plan.counts.blocked > 0) cli.endWith(exitCode.conflict)
  })
