import type { ResourceList } from '@molecule/contract/admin'
import { formatClock } from '../../lib/format.ts'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { EmptyNote, LoadedList } from '../../ui/LoadedList.tsx'
import { useList } from '../../use-list.ts'
import { settingsText } from '../settings-text.ts'
import { OrphanRow, PurgeRow, ResourceRow } from './ResourceRow.tsx'
import { urgentFirst } from './urgent-first.ts'

const words = settingsText.resources

/** What runs and may cost something: the suspicious first. */
export function ResourcesSection() {
  const list = useList('resources', async ({ client }, signal) => ({
    ledger: await client.admin.resources({ open: true }, { signal }),
    readAt: Date.now(),
  }))
  return (
    <>
      <div className="toolbar">
        <ActionButton right="org:admin" icon="refresh" onClick={list.reload}>
          {words.refresh}
        </ActionButton>
        <p className="toolbar-note num" role="status">
          {list.value && words.asOf(formatClock(list.value.readAt))}
        </p>
      </div>
      <LoadedList of={list} failed={words.failed} loading={words.loading}>
        {({ ledger }) => <Ledger of={ledger} />}
      </LoadedList>
    </>
  )
}

function Ledger({ of: { resources, orphans, purges, sweep_brake } }: { of: ResourceList }) {
  const running = urgentFirst(resources, orphans)
  return (
    <>
      {sweep_brake !== null && <Brake reason={sweep_brake} />}
      {running.length === 0 && <EmptyNote title={words.emptyTitle}>{words.empty}</EmptyNote>}
      {running.length > 0 && (
        <ul className="records" aria-label={words.list}>
          {running.map((each) =>
            each.kind === 'orphan' ? (
              <OrphanRow key={each.orphan.id} orphan={each.orphan} />
            ) : (
              <ResourceRow key={each.resource.id} resource={each.resource} />
            ),
          )}
        </ul>
      )}
      {purges.length > 0 && (
        <section className="section">
          <h3>{words.purges}</h3>
          <ul className="records">
            {purges.map((purge) => (
              <PurgeRow key={purge.workspace_id} purge={purge} />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Brake({ reason }: { reason: string }) {
  return (
    <section className="notice" data-tone="bad" role="alert">
      <Icon name="alert" />
      <div className="notice-body">
        <p className="notice-title">{words.brakeTitle}</p>
        <p>{words.brakeReason(reason)}</p>
        <p>{words.brakeTodo}</p>
      </div>
    </section>
  )
}
