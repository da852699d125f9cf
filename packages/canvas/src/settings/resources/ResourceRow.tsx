import type { Orphan, PendingPurge, Resource } from '@molecule/contract/admin'
import type { ReactNode } from 'react'
import { formatDateTime } from '../../lib/format.ts'
import { home } from '../../lib/place.ts'
import { Age } from '../../ui/Age.tsx'
import { PlaceLink } from '../../ui/PlaceLink.tsx'
import { Uses } from '../../ui/Uses.tsx'
import { useCanvas } from '../../use-services.ts'
import { settingsText } from '../settings-text.ts'

const words = settingsText.resources

export function ResourceRow({ resource }: { resource: Resource }) {
  const { workspace_id, workspace_name, backend, node_id, incarnation, created_at } = resource
  const isSuspect = resource.leak_suspect_at !== null
  return (
    <Row
      title={<WorkspaceName id={workspace_id} name={workspace_name} />}
      badge={isSuspect && { tone: 'bad', label: words.leak }}
      hint={isSuspect && words.leakHint}
      lastError={resource.last_error}
    >
      <span title={node_id}>{backend}</span>
      <span className="num">{words.start(incarnation)}</span>
      <span>
        {words.since} <Age of={created_at} />
      </span>
      {resource.confirmed_at === null && <span>{words.unconfirmed}</span>}
      <Attempts n={resource.stop_attempts} of={words.attempts} next={resource.next_stop_at} />
      <Uses usage={resource.usage} />
      {resource.cost && (
        <span className="num">
          {words.cost(amount(resource.cost.so_far), amount(resource.cost.per_hour))}
        </span>
      )}
    </Row>
  )
}

const amount = (of: number) => of.toFixed(of < 1 ? 4 : 2)

export function OrphanRow({ orphan }: { orphan: Orphan }) {
  const { workspace_id, backend, incarnation, first_seen_at, stop_attempts, last_error } = orphan
  return (
    <Row
      title={<WorkspaceName id={workspace_id} name={null} />}
      badge={{ tone: 'wait', label: words.orphan }}
      hint={words.orphanHint}
      lastError={last_error}
    >
      <span>
        {backend} · <code>{workspace_id}</code>
      </span>
      <span className="num">{words.start(incarnation)}</span>
      <span>
        {words.seen} <Age of={first_seen_at} />
      </span>
      <Attempts n={stop_attempts} of={words.attempts} next={null} />
    </Row>
  )
}

export function PurgeRow({ purge }: { purge: PendingPurge }) {
  const { workspace_name, requested_at, attempts, next_attempt_at, last_error } = purge
  return (
    <Row title={workspace_name} lastError={last_error}>
      <span>
        {words.asked} <Age of={requested_at} />
      </span>
      <Attempts n={attempts} of={words.removals} next={next_attempt_at} />
    </Row>
  )
}

type RowProps = {
  title: ReactNode
  badge?: false | { tone: 'bad' | 'wait'; label: string }
  hint?: false | string
  lastError: string | null
  children: ReactNode
}

function Row({ title, badge, hint, lastError, children }: RowProps) {
  return (
    <li className="record">
      <div className="record-body">
        <p className="record-title">
          {title}
          {badge && (
            <span className="badge" data-tone={badge.tone}>
              {badge.label}
            </span>
          )}
        </p>
        {hint && <p className="record-line">{hint}</p>}
        {lastError && (
          <p className="record-line">
            {words.lastError} {lastError}
          </p>
        )}
        <p className="record-meta">{children}</p>
      </div>
    </li>
  )
}

/** A link as long as there is somewhere to go. */
function WorkspaceName({ id, name }: { id: string; name: string | null }) {
  const known = useCanvas(({ live }) => live.workspaces.byId.get(id)?.name)
  if (!known) return name ?? words.unknown
  return <PlaceLink to={{ ...home, selected: id, tab: 'about' }}>{known}</PlaceLink>
}

type AttemptsProps = { n: number; of: (n: number) => string; next: string | null }

function Attempts({ n, of, next }: AttemptsProps) {
  if (n === 0) return null
  return (
    <span className="num">
      {of(n)}
      {next && `, ${words.next(formatDateTime(Date.parse(next)))}`}
    </span>
  )
}
