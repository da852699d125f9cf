import { ConnectSection } from '../connect/ConnectSection.tsx'
import { settingsText } from '../settings/settings-text.ts'
import { NeedsRight } from '../ui/Rights.tsx'
import { useCanvas } from '../use-services.ts'
import { OwnSecrets } from './OwnSecrets.tsx'
import { OwnTokens } from './OwnTokens.tsx'

/** What a workspace is given, and who may act as it. */
function AccessTab({ workspaceId }: { workspaceId: string }) {
  const workspace = useCanvas(({ live }) => live.workspaces.byId.get(workspaceId))
  if (!workspace) return null
  return (
    <div className="about access">
      {workspace.backend === 'external' && <ConnectSection workspace={workspace} />}
      <section className="section">
        <h3>{settingsText.sections.secrets}</h3>
        <p className="faint">{settingsText.secrets.workspaceLead}</p>
        <NeedsRight right="secrets:read">
          <OwnSecrets workspace={workspace} />
        </NeedsRight>
      </section>
      <section className="section">
        <h3>{settingsText.sections.tokens}</h3>
        <p className="faint">{settingsText.tokens.workspaceLead}</p>
        <NeedsRight right="tokens:read">
          <OwnTokens workspace={workspace} />
        </NeedsRight>
      </section>
    </div>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy reads the default export.
export default AccessTab
