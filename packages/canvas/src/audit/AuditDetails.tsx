import type { AuditRecord } from '@molecule/contract/audit'
import { type AuditLens, wholeLog } from '../lib/place.ts'
import { Fact, Facts } from '../ui/Facts.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { auditText } from './audit-text.ts'
import { shortPath } from './audit-words.ts'
import { recordDiff } from './record-diff.ts'

type Props = { record: AuditRecord; lens: AuditLens }

/** What changed, what else is recorded, and the ways to records like this. */
export function AuditDetails({ record, lens }: Props) {
  const { seq, action, actor, credential_id, entity, entity_id, trace_id, address, hash } = record
  return (
    <div className="audit-details">
      <Diff record={record} />
      <Facts>
        <Fact name={auditText.action}>
          <code>{action}</code>
        </Fact>
        <Fact name={auditText.actorName}>
          <code>{actor}</code>
        </Fact>
        <Fact name={auditText.target}>
          {entity} <code>{entity_id}</code>
        </Fact>
        {credential_id && (
          <Fact name={auditText.credential}>
            <code>{credential_id}</code>
          </Fact>
        )}
        {address && <Fact name={auditText.address}>{address}</Fact>}
        {trace_id && (
          <Fact name={auditText.trace}>
            <code>{trace_id}</code>
          </Fact>
        )}
        <Fact name={auditText.hash}>
          <code>{`${seq}:${hash}`}</code>
        </Fact>
      </Facts>
      <p className="presets">
        <span className="faint">{auditText.onlyThese}</span>
        <Only value={actor} lens={{ ...lens, actor }} />
        <Only value={action} lens={{ ...lens, action }} />
        <Only value={shortPath(entity_id.split('/'))} lens={{ ...wholeLog, entity: entity_id }} />
      </p>
    </div>
  )
}

function Only({ value, lens }: { value: string; lens: AuditLens }) {
  return (
    <PlaceLink
      to={{ page: 'audit', lens }}
      className="button button-small"
      label={auditText.filter.only(value)}
    >
      {value}
    </PlaceLink>
  )
}

function Diff({ record }: { record: AuditRecord }) {
  const changes = recordDiff(record)
  if (changes.length === 0) return <p className="faint">{auditText.noChange}</p>
  return (
    <div className="diff-scroll">
      <table className="diff">
        <thead>
          <tr>
            <th scope="col">{auditText.field}</th>
            <th scope="col">{auditText.before}</th>
            <th scope="col">{auditText.after}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ field, before, after }) => (
            <tr key={field}>
              <th scope="row">{field}</th>
              <td>{before === undefined ? auditText.nothing : <del>{before}</del>}</td>
              <td>{after === undefined ? auditText.nothing : <ins>{after}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
