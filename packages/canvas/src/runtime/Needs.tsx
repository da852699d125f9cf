import type { Workspace } from '@molecule/contract/workspace'
import { MissingKeys } from '../settings/templates/MissingKeys.tsx'
import { metBy, needsOfWorkspace } from '../state/needs.ts'
import { Fact } from '../ui/Facts.tsx'
import { Icon } from '../ui/Icon.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useLoad } from '../use-load.ts'
import { useRight } from '../use-right.ts'
import { runtimeText as words } from './runtime-text.ts'

type Props = { workspace: Workspace; ofRuntime: readonly unknown[] }

/** What it cannot start without, for those who may know which secrets there are. */
export function Needs(props: Props) {
  const mayKnow = useRight('secrets:read')
  const needs = needsOfWorkspace(props.workspace, props.ofRuntime)
  return mayKnow && needs.length > 0 ? <Known {...props} needs={needs} /> : null
}

function Known({ workspace, needs }: Props & { needs: readonly string[][] }) {
  const { id, rev } = workspace
  const stored = useLoad(`names ${id}`, String(rev), async ({ client }, signal) => {
    const secrets = await client.secrets.workspace.list(id, { signal })
    return new Set(secrets.map(({ key }) => key))
  })
  const { value } = stored
  if (!value) return <ErrorNote title={words.needsFailed} error={stored.error} />
  return (
    <Fact name={words.needs}>
      <NeedList needs={needs} meet={(names) => metBy(names, workspace, value)} />
      <Missing
        workspace={workspace}
        missing={needs.filter((names) => metBy(names, workspace, value) === undefined)}
        onStored={stored.reload}
      />
    </Fact>
  )
}

type ListProps = {
  needs: readonly string[][]
  meet: (names: readonly string[]) => string | undefined
}

const NeedList = ({ needs, meet }: ListProps) => (
  <ul className="needs">
    {needs.map((names) => {
      const there = meet(names)
      return (
        <li key={names.join()} data-tone={there ? 'ok' : 'bad'}>
          <Icon name={there ? 'check' : 'alert'} />
          <span>{there ? words.isThere(there) : words.isMissing(names.join(' or '))}</span>
        </li>
      )
    })}
  </ul>
)

type MissingProps = { workspace: Workspace; missing: readonly string[][]; onStored: () => void }

function Missing({ workspace: { id }, missing, onStored }: MissingProps) {
  if (missing.length === 0) return null
  return (
    <MissingKeys
      lead={words.missing}
      missing={missing.map((names) => (names.length === 1 ? names.join() : { any_of: names }))}
      save={(client, body) => client.secrets.workspace.save(id, body)}
      onStored={onStored}
    />
  )
}
