import type { AuditLens } from '../lib/place.ts'
import { Icon } from '../ui/Icon.tsx'
import { EmptyNote, LoadedList } from '../ui/LoadedList.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { AuditRow } from './AuditRow.tsx'
import { auditText } from './audit-text.ts'
import { isWhole } from './lens.ts'
import { useAudit } from './use-audit.ts'

/** Pages of the log, one below the other. */
export function AuditList({ lens }: { lens: AuditLens }) {
  const { first, records, hasMore, more } = useAudit(lens)
  return (
    <section aria-label={auditText.title} className="audit">
      <div className="toolbar">
        <p className="toolbar-note" role="status">
          {first.value && auditText.shown(records.length, hasMore)}
        </p>
        <button
          type="button"
          className="button button-small button-quiet toolbar-end"
          onClick={first.reload}
        >
          <Icon name="refresh" />
          {auditText.refresh}
        </button>
      </div>
      <LoadedList of={first} failed={auditText.failed} loading={auditText.loading}>
        {() =>
          records.length === 0 ? (
            <Nothing isFiltered={!isWhole(lens)} />
          ) : (
            <ol className="records">
              {records.map((record) => (
                <AuditRow key={record.seq} record={record} lens={lens} />
              ))}
            </ol>
          )
        }
      </LoadedList>
      <ErrorNote error={more.error} />
      {hasMore && (
        <button
          type="button"
          className="button"
          aria-disabled={more.busy}
          onClick={() => void more.run()}
        >
          {more.busy && <Icon name="working" spin />}
          {auditText.older}
        </button>
      )}
    </section>
  )
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyNote title={auditText.noMatchTitle}>{auditText.noMatch}</EmptyNote>
  ) : (
    <EmptyNote title={auditText.emptyTitle}>{auditText.empty}</EmptyNote>
  )
}
