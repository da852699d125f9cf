import type { Workspace } from '@molecule/contract/workspace'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import type { Output } from '../../output/output.ts'
import { toneOf } from '../../output/style.ts'
import { since } from '../../output/time.ts'

export const wsGet = (command: Command, cli: Cli) =>
  command.argument('<ws>', 'workspace: name, path or id').action(async (given: string) => {
    const client = cli.client()
    const id = await workspaceIdOf(client, given, cli.signal)
    const workspace = await client.workspaces.get(id, {}, { signal: cli.signal })
    cli.out.show(workspace, () => workspaceLines(workspace, cli.out))
  })

function workspaceLines(workspace: Workspace, out: Output) {
  const { style } = out
  const status = style(toneOf(workspace.status), workspace.status)
  out.lines([`${style('bold', workspace.name)}  ${status}`])
  out.details([
    ['id', workspace.id],
    ['role', workspace.role],
    ['below', workspace.parent_id],
    ['runtime', `${workspace.runtime}  ${JSON.stringify(workspace.runtime_config)}`],
    ['model', workspace.model],
    ['backend', workspace.backend],
    ['wanted', workspace.desired_state],
    ['paused by', workspace.paused_by === workspace.id ? null : workspace.paused_by],
    ['hibernates after', idleTime(workspace.hibernation_idle_minutes)],
    ['phase', workspace.provision_phase],
    ['start number', workspace.incarnation],
    ['folder', workspace.workspace_dir],
    ['tasks', `${workspace.active_tasks} of ${workspace.max_concurrent_tasks} at a time`],
    ['current task', workspace.current_task],
    ['last heartbeat', ago(workspace.last_heartbeat_at)],
    ['created', workspace.created_at],
    ['next start', workspace.next_start_at],
  ])
  const reason = workspace.failure_reason
  if (reason)
    out.lines([
      '',
      style('bad', `${reason.code}: ${reason.detail}`),
      ...(reason.hint ? [`${style('bold', 'next')}  ${reason.hint}`] : []),
    ])
}

const idleTime = (minutes: number | null) => (minutes === null ? null : `${minutes} min idle`)

const ago = (timestamp: string | null) => (timestamp === null ? null : `${since(timestamp)} ago`)
