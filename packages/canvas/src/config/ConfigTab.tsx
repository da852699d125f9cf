import type { Config } from '@molecule/contract/config'
import type { Workspace } from '@molecule/contract/workspace'
import { RestartAction } from '../drawer/RestartAction.tsx'
import { Age } from '../ui/Age.tsx'
import { LoadedList } from '../ui/LoadedList.tsx'
import { ReadOnlyNote } from '../ui/Rights.tsx'
import { useLoad } from '../use-load.ts'
import { useCanvas } from '../use-services.ts'
import { ConfigFiles } from './ConfigFiles.tsx'
import { ConfigHistory } from './ConfigHistory.tsx'
import { configText as words } from './config-text.ts'

/** What a workspace is configured with, its files and their history. */
function ConfigTab({ workspaceId }: { workspaceId: string }) {
  const workspace = useCanvas(({ live }) => live.workspaces.byId.get(workspaceId))
  return workspace ? <Configured workspace={workspace} /> : null
}

function Configured({ workspace }: { workspace: Workspace }) {
  const { id, rev } = workspace
  const config = useLoad(`config ${id}`, String(rev), ({ client }, signal) =>
    client.config.get(id, { signal }),
  )
  return (
    <div className="about config">
      <ReadOnlyNote right="workspaces:write" />
      <LoadedList of={config} failed={words.failed} loading={words.loading}>
        {(current) => (
          <>
            <Standing config={current} workspace={workspace} />
            <ConfigFiles key={id} config={current} onSaved={config.reload} />
            <ConfigHistory config={current} onRestored={config.reload} />
          </>
        )}
      </LoadedList>
    </div>
  )
}

function Standing({ config, workspace }: { config: Config; workspace: Workspace }) {
  const { version, author, created_at, warnings, needs_restart } = config
  return (
    <section className="section">
      <p className="faint">
        {author && created_at ? (
          <>
            {words.version(version, author)} <Age of={created_at} />
          </>
        ) : (
          words.asMade
        )}
      </p>
      {warnings.length > 0 && (
        <div className="notice">
          <div>
            <p className="notice-title">{words.warnings}</p>
            {warnings.map((warning) => (
              <p key={warning}>{warning}</p>
            ))}
          </div>
        </div>
      )}
      {needs_restart && (
        <>
          <p role="status">{words.restart}</p>
          <RestartAction workspace={workspace} />
        </>
      )}
    </section>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy reads the default export.
export default ConfigTab
