import type { AuditVerdict } from '@molecule/contract/audit'
import { type AuditPoint, auditChain } from '@molecule/contract/audit-chain'
import { canonicalJson } from '@molecule/contract/canonical-json'
import type { Db } from '../../db/tables.ts'
import { sha256 } from '../../lib/sha256.ts'
import type { OrgScope } from '../identity/principal.ts'
import { type ChainPage, chainPage } from './audit-store.ts'
import { auditToWire, headToWire } from './audit-wire.ts'

/** Bounds the memory of a walk along the whole chain, however long it is. */
const PAGE = 200

type Walk = { after?: number; signal: AbortSignal }

/**
 * Every page of the chain, oldest first. The last one is short, and its head is the end of the chain at that moment; when
 * nobody waits any more it ends early.
 */
async function* chainPages(
  db: Db,
  scope: OrgScope,
  { after = 0, signal }: Walk,
): AsyncGenerator<ChainPage> {
  let isLast = false
  for (let last = after; !isLast && !signal.aborted; ) {
    const page = await chainPage(db, scope, { after: last, limit: PAGE })
    last = page.rows.at(-1)?.seq ?? last
    isLast = page.rows.length < PAGE
    yield page
  }
}

/** Reads the whole chain and says where it first does not hold. `through` is a head that was kept elsewhere. */
export async function verifyAudit(
  db: Db,
  scope: OrgScope,
  { through, signal }: { through: AuditPoint | undefined; signal: AbortSignal },
): Promise<AuditVerdict> {
  const chain = auditChain({ sha256, orgId: scope.orgId, ...(through ? { through } : {}) })
  let head: ChainPage['head']
  for await (const page of chainPages(db, scope, { signal })) {
    head = page.head
    if (!page.rows.every((row) => chain.follow(auditToWire(row)))) break
  }
  return chain.end(head ? headToWire(head) : null)
}

/** The chain as lines of canonical JSON, oldest first, page by page; the last line is its head. */
export async function* exportAudit(
  db: Db,
  scope: OrgScope,
  { since, signal }: { since: number; signal: AbortSignal },
): AsyncGenerator<string> {
  let head: ChainPage['head']
  for await (const page of chainPages(db, scope, { after: since, signal })) {
    head = page.head
    yield page.rows.map((row) => `${canonicalJson(auditToWire(row))}\n`).join('')
  }
  if (head) yield `${canonicalJson({ head: headToWire(head) })}\n`
}
