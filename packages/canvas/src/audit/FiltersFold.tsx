import type { AuditLens } from '../lib/place.ts'
import { useIsNarrow } from '../ui/use-is-narrow.ts'
import { AuditFilters } from './AuditFilters.tsx'
import { auditText } from './audit-text.ts'
import { filtersIn } from './lens.ts'

/** On a narrow screen the log comes first, and its filters open on demand. */
export function FiltersFold({ lens }: { lens: AuditLens }) {
  if (!useIsNarrow()) return <AuditFilters lens={lens} />
  return (
    <details className="filters-fold">
      <summary>{auditText.filter.labelOf(filtersIn(lens))}</summary>
      <AuditFilters lens={lens} />
    </details>
  )
}
