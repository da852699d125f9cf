import type { AuditPlace } from '../lib/place.ts'
import { NeedsRight } from '../ui/Rights.tsx'
import { AuditList } from './AuditList.tsx'
import { auditText } from './audit-text.ts'
import { FiltersFold } from './FiltersFold.tsx'
import { VerifyPanel } from './VerifyPanel.tsx'

/** What was done to the organization, newest first. */
function AuditPage({ place }: { place: AuditPlace }) {
  return (
    <div className="sheet sheet-wide">
      <main className="sheet-main" aria-label={auditText.title}>
        <header className="sheet-intro">
          <h1>{auditText.title}</h1>
          <p>{auditText.lead}</p>
        </header>
        <NeedsRight right="audit:read">
          <VerifyPanel />
          <FiltersFold key={JSON.stringify(place.lens)} lens={place.lens} />
          <AuditList lens={place.lens} />
        </NeedsRight>
      </main>
    </div>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy reads the default export.
export default AuditPage
