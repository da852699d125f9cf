import { useState } from 'react'
import { Choices } from '../ui/Choices.tsx'
import { EmptyNote, LoadedList } from '../ui/LoadedList.tsx'
import { NeedsRight } from '../ui/Rights.tsx'
import { ActivityRow } from './ActivityRow.tsx'
import { activityText, isOfKind, type Kind, kinds } from './activity-words.ts'
import { useActivity } from './use-activity.ts'

const firstShown = 100
const most = 500

/** What a workspace received, sent and reported, newest first, as it happens. */
function ActivityTab({ workspaceId }: { workspaceId: string }) {
  return (
    <NeedsRight right="tasks:read">
      <Log key={workspaceId} workspaceId={workspaceId} />
    </NeedsRight>
  )
}

function Log({ workspaceId }: { workspaceId: string }) {
  const [kind, setKind] = useState<Kind>('all')
  const [limit, setLimit] = useState(firstShown)
  const list = useActivity(workspaceId, limit)
  const choices = kinds.map((value) => ({ value, label: activityText.kinds[value] }))
  return (
    <section className="activity" aria-label={activityText.label}>
      <Choices
        legend={activityText.show}
        choices={choices}
        value={kind}
        onChange={setKind}
        inline
      />
      <LoadedList of={list} failed={activityText.failed} loading={activityText.loading}>
        {(entries) => {
          const shown = entries.filter((entry) => isOfKind(entry, kind))
          return (
            <>
              {shown.length === 0 && <NothingHere total={entries.length} />}
              <ol className="activity-list">
                {shown.map((entry) => (
                  <ActivityRow key={entry.id} entry={entry} />
                ))}
              </ol>
              {entries.length === limit && limit < most && (
                <button
                  type="button"
                  className="button button-quiet"
                  onClick={() => setLimit(most)}
                >
                  {activityText.earlier}
                </button>
              )}
            </>
          )
        }}
      </LoadedList>
    </section>
  )
}

const NothingHere = ({ total }: { total: number }) =>
  total === 0 ? (
    <EmptyNote title={activityText.emptyTitle}>{activityText.emptyBody}</EmptyNote>
  ) : (
    <EmptyNote title={activityText.noneTitle}>{activityText.noneBody(total)}</EmptyNote>
  )

// biome-ignore lint/style/noDefaultExport: React.lazy reads the default export.
export default ActivityTab
