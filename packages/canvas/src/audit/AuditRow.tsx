import type { AuditRecord } from '@molecule/contract/audit'
import { useId, useState } from 'react'
import { formatDateTime } from '../lib/format.ts'
import { type AuditLens, home } from '../lib/place.ts'
import { Icon } from '../ui/Icon.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { useCanvas } from '../use-services.ts'
import { AuditDetails } from './AuditDetails.tsx'
import { auditText } from './audit-text.ts'
import {
  actorInWords,
  deedInWords,
  isWholeDeed,
  targetInWords,
  workspaceOf,
} from './audit-words.ts'

type Props = { record: AuditRecord; lens: AuditLens }

/** When, who, what, to what; the rest on demand. */
export function AuditRow({ record, lens }: Props) {
  const [isOpen, setOpen] = useState(false)
  const detailsId = useId()
  const actor = useCanvas(({ live }) => actorInWords(record.actor, live))
  return (
    <li className="audit-record">
      <div className="audit-row">
        <button
          type="button"
          className="icon-button"
          aria-expanded={isOpen}
          aria-controls={detailsId}
          aria-label={auditText.details(record.seq)}
          title={auditText.details(record.seq)}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} />
        </button>
        <time className="audit-time num" dateTime={record.at}>
          {formatDateTime(Date.parse(record.at))}
        </time>
        <p className="audit-deed">
          <strong>{actor}</strong> {deedInWords(record.action)}{' '}
          {!isWholeDeed(record.action) && <Target record={record} />}
        </p>
      </div>
      <div id={detailsId}>{isOpen && <AuditDetails record={record} lens={lens} />}</div>
    </li>
  )
}

function Target({ record }: { record: AuditRecord }) {
  const workspaceId = useCanvas(({ live }) => workspaceOf(record, live))
  const workspace = useCanvas(({ live }) => live.workspaces.byId.get(workspaceId ?? ''))
  const name = targetInWords(record, workspace?.id)
  if (!workspace) return <span className="audit-target">{name}</span>
  const link = (
    <PlaceLink to={{ ...home, selected: workspace.id, tab: 'about' }}>{workspace.name}</PlaceLink>
  )
  if (record.entity_id === workspace.id && record.entity === 'workspace') return link
  return (
    <>
      {record.entity_id !== workspace.id && <span className="audit-target">{name}</span>}{' '}
      {auditText.of} {link}
    </>
  )
}
