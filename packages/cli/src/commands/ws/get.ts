import type { ResourceUsage } from '@molecule/contract/admin'
import type { Workspace } from '@molecule/contract/workspace'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import type { Output } from '../../output/output.ts'
import { toneOf } from '../../output/style.ts'
import { duration, since } from '../../output/time.ts'
import { usageLine } from '../../output/usage.ts'

export const wsGet = (command: Command, cli: Cli) =>
  command.argument('<ws>', 'workspace: name, path or id').action(async (given: string) => {
    const client = cli.client()
    const id = await workspaceIdOf(client, given, cli.signal)
    const workspace = await client.workspaces.get(id, {}, { signal: cli.signal })
    const { usage } = await client.workspaces.usage(id, { signal: cli.signal })
    cli.out.show({ ...workspace, usage }, () => workspaceLines(workspace, usage, cli.out))
  })

function workspaceLines(workspace: Workspace, usage: ResourceUsage | null, out: Output) {
  const { style } = out
  const status = style(toneOf(workspace.status), workspace.status)
  out.lines([`${style('bold', workspace.name)}  ${status}`])
  out.details([
    ['id', workspace.id],
    ['role', workspace.role],
    ['below', workspace.parent_id],
    ['runtime', runtimeOf(workspace)],
    ['model', isElsewhere(workspace) ? null : workspace.model],
    ['backend', workspace.backend],
    ['gets its work', deliveryOf(workspace)],
    ['agent', cardLine(workspace.agent_card)],
    [
      'uptime',
      workspace.uptime_seconds === null ? null : duration(workspace.uptime_seconds * 1000),
    ],
    ['errors', workspace.error_rate === null ? null : percent(workspace.error_rate)],
    ['wanted', workspace.desired_state],
    ['paused by', workspace.paused_by === workspace.id ? null : workspace.paused_by],
    ['hibernates after', idleTime(workspace.hibernation_idle_minutes)],
    ['phase', workspace.provision_phase],
    ['start number', isElsewhere(workspace) ? null : workspace.incarnation],
    ['folder', workspace.workspace_dir],
    ['tasks', `${workspace.active_tasks} of ${workspace.max_concurrent_tasks} at a time`],
    ['current task', workspace.current_task],
    ['uses', usageLine(usage)],
    ['last heartbeat', ago(workspace.last_heartbeat_at)],
    ['created', workspace.created_at],
    ['next start', workspace.next_start_at],
  ])
  const reason = workspace.failure_reason
  if (workspace.last_runtime_error && !reason)
    out.lines(['', `last error of the agent: ${workspace.last_runtime_error}`])
  if (reason)
    out.lines([
      '',
      style('bad', `${reason.code}: ${reason.detail}`),
      ...(reason.hint ? [`${style('bold', 'next')}  ${reason.hint}`] : []),
    ])
}

const idleTime = (minutes: number | null) => (minutes === null ? null : `${minutes} min idle`)
const isElsewhere = ({ backend }: Workspace) => backend === 'external'

const runtimeOf = ({ runtime, runtime_config }: Workspace) =>
  Object.keys(runtime_config).length === 0
    ? runtime
    : `${runtime}  ${JSON.stringify(runtime_config)}`

const deliveryOf = ({ delivery_mode: mode, url }: Workspace) =>
  mode === 'push' ? `called at ${url}` : mode === 'poll' ? 'asks for it' : null

function cardLine(card: Workspace['agent_card']): string | null {
  const { name, version, description } = card ?? {}
  const texts = [name, version, description].filter((each) => typeof each === 'string' && each)
  return texts.length === 0 ? null : texts.join(' · ')
}

const percent = (share: number) => `${Math.round(share * 100)} % of its work fails`

const ago = (timestamp: string | null) => (timestamp === null ? null : `${since(timestamp)} ago`)
