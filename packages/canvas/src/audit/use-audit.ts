import type { AuditPage, AuditRecord } from '@molecule/contract/audit'
import { useState } from 'react'
import type { AuditLens } from '../lib/place.ts'
import { useAction } from '../use-action.ts'
import { useList } from '../use-list.ts'
import { queryOf } from './lens.ts'

type Older = { below: AuditPage; records: readonly AuditRecord[]; next: number | null }

/** The newest page, and as many older ones as were asked for; those belong to the page they continue. */
export function useAudit(lens: AuditLens) {
  const query = queryOf(lens)
  const first = useList(JSON.stringify(query), ({ client }, signal) =>
    client.audit.list(query, { signal }),
  )
  const [older, setOlder] = useState<Older>()
  const below = older && older.below === first.value ? older : undefined
  const next = below ? below.next : (first.value?.next ?? null)
  const more = useAction(async ({ client }) => {
    const top = first.value
    if (!top || next === null) return
    const page = await client.audit.list({ ...query, before: next })
    setOlder({ below: top, records: [...(below?.records ?? []), ...page.records], next: page.next })
  })
  const records = [...(first.value?.records ?? []), ...(below?.records ?? [])]
  return { first, records, hasMore: next !== null, more }
}
