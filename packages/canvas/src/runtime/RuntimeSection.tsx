import type { Runtime } from '@molecule/contract/runtime'
import type { Workspace } from '@molecule/contract/workspace'
import { isElsewhere } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { Fact, Facts } from '../ui/Facts.tsx'
import { Uses } from '../ui/Uses.tsx'
import { useLoad } from '../use-load.ts'
import { ModelFact } from './ModelFact.tsx'
import { Needs } from './Needs.tsx'
import { runtimeText as words } from './runtime-text.ts'

/** What runs in a workspace, where, and what it lacks. */
export function RuntimeSection({ workspace }: { workspace: Workspace }) {
  const { value: runtime } = useLoad(
    `runtime ${workspace.runtime}`,
    '',
    async ({ client }, signal) => {
      const { runtimes } = await client.runtimes({ signal })
      return runtimes.find(({ id }) => id === workspace.runtime)
    },
  )
  return (
    <section className="section">
      <h3>{words.title}</h3>
      <Facts>
        <Program workspace={workspace} runtime={runtime} />
        {runtime?.capabilities.model && <ModelFact workspace={workspace} runtime={runtime} />}
        <Ground workspace={workspace} />
        <Needs workspace={workspace} ofRuntime={runtime?.required_env ?? []} />
      </Facts>
      {isOutdated(workspace) && <p className="warning">{words.restart}</p>}
    </section>
  )
}

/** It runs, with what was said before. */
const isOutdated = ({ needs_restart, status }: Workspace) =>
  needs_restart && (status === 'online' || status === 'degraded')

type ProgramProps = { workspace: Workspace; runtime: Runtime | undefined }

function Program({ workspace: { runtime: id, runtime_config }, runtime }: ProgramProps) {
  const { command, args } = runtime_config
  const words = [command, ...(Array.isArray(args) ? args : [])].filter(
    (word) => typeof word === 'string',
  )
  return (
    <Fact name={text.about.runtime}>
      {runtime?.display_name ?? id}
      {words.length > 0 && <code className="fact-code">{words.join(' ')}</code>}
    </Fact>
  )
}

function Ground({ workspace }: { workspace: Workspace }) {
  const { backend, workspace_dir, max_concurrent_tasks } = workspace
  return (
    <>
      <Fact name={text.about.backend}>
        {isElsewhere(workspace) ? text.about.elsewhere : (backend ?? text.common.none)}
      </Fact>
      {workspace_dir && (
        <Fact name={text.about.folder}>
          <code>{workspace_dir}</code>
        </Fact>
      )}
      <UsedBy workspace={workspace} />
      <Fact name={text.about.capacity}>
        <span className="num">{max_concurrent_tasks}</span>
      </Fact>
    </>
  )
}

/** Counted every few seconds, and read with every change of the workspace. */
function UsedBy({ workspace: { id, rev } }: { workspace: Workspace }) {
  const { value } = useLoad(`usage:${id}`, String(rev), ({ client }, signal) =>
    client.workspaces.usage(id, { signal }),
  )
  if (!value?.usage) return null
  return (
    <Fact name={text.about.uses}>
      <Uses usage={value.usage} />
    </Fact>
  )
}
