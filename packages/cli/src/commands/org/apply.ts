import type { ApplyOrg, OrgPlan, PlannedNode } from '@molecule/contract/org'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { isConfirmed } from '../../confirm.ts'
import { readTextFolder } from '../../text-folder.ts'
import { tellPlan } from './tell-plan.ts'

type Options = Pick<ApplyOrg, 'mode' | 'lenient' | 'force'> & { yes?: boolean }

export const orgApply = (command: Command, cli: Cli) =>
  command
    .option('--force', 'although variables that it requires are missing')
    .option('--yes', 'remove what the plan prunes or replaces without asking')
    .action(async (folder: string, { yes, ...options }: Options) => {
      const { out, signal } = cli
      const body = { files: await readTextFolder(folder, 'org.yaml'), ...options }
      const removes = options.mode === 'prune' || options.mode === 'replace'
      const confirm = !removes || yes || (await mayRemove(cli, body))
      if (!confirm) return out.note('Nothing was changed.')
      const applied = await cli.client().org.apply({ ...body, confirm: true }, { signal })
      return out.show(applied, () => {
        tellPlan(
          cli,
          applied.plan,
          applied.plan.nodes.filter(({ action }) => action !== 'exists'),
        )
        out.note(appliedText(applied))
      })
    })

/** What goes away is shown before anybody is asked. */
async function mayRemove(cli: Cli, body: ApplyOrg): Promise<boolean> {
  const { nodes } = await cli
    .client()
    .org.plan(
      { files: body.files, mode: body.mode, ...(body.lenient ? { lenient: true } : {}) },
      { signal: cli.signal },
    )
  const gone = nodes.filter(({ action }) => action === 'prune' || action === 'replace')
  if (gone.length === 0) return true
  return isConfirmed(cli, {
    what: `remove ${gone.length} workspaces with all below them`,
    consequences: gone.map(goneText),
  })
}

const goneText = ({ path, action, removes }: PlannedNode) => {
  const place = path.join(' / ')
  if (action === 'prune') return place
  const below = removes.length > 0 ? `, with ${removes.join(', ')} below it` : ''
  return `${place} (made anew${below})`
}

function appliedText({ org, count, pruned, workspaces, plan }: Applied): string {
  const existed = workspaces.length - count
  const parts = [
    `${existed} of ${workspaces.length} existed`,
    `${count} created`,
    ...(plan.counts.update > 0 ? [`${plan.counts.update} updated`] : []),
    ...(plan.counts.replace > 0 ? [`${plan.counts.replace} made anew`] : []),
    ...(pruned.length > 0 ? [`${pruned.length} removed`] : []),
  ]
  return `${org}: ${parts.join(', ')}.`
}

type Applied = {
  org: string
  count: number
  pruned: readonly unknown[]
  workspaces: readonly unknown[]
  plan: OrgPlan
}
