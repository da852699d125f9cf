import { dbNow } from '../../db/dialect/dialect.ts'
import type { CredentialRow, Db } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import type { Clock } from '../../lib/clock.ts'

const EVERY_MS = 60_000
/** Those whose owner is shown when they were last used; a host calls all the time, and has heartbeats. */
const shown = new Set<CredentialRow['kind']>(['session', 'org_token', 'workspace'])

/**
 * Remembers in memory who called; `flush` writes it with one statement. A credential is written at most once a minute, and
 * no request waits for it. A crash loses what was not written, which nothing depends on.
 */
export type LastUse = {
  saw(credential: Pick<CredentialRow, 'id' | 'kind'>): void
  flush(): Promise<void>
}

export function lastUse(db: Db, clock: Clock): LastUse {
  const sampledAt = new Map<string, number>()
  let waiting: string[] = []
  return {
    saw({ id, kind }) {
      if (!shown.has(kind) || sampledAt.has(id)) return
      sampledAt.set(id, clock.now())
      waiting.push(id)
    },
    async flush() {
      const ids = waiting
      waiting = []
      const old = clock.now() - EVERY_MS
      for (const [id, at] of sampledAt) if (at <= old) sampledAt.delete(id)
      if (ids.length > 0) await stamp(db, ids)
    },
  }
}

const stamp = (db: Db, ids: readonly string[]) =>
  transact(db, async (tx) => {
    await tx
      .updateTable('credentials')
      .set({ lastUsedAt: await dbNow(tx) })
      .where('id', 'in', ids)
      .execute()
  })
