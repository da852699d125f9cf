import type { AuditRecord } from '@molecule/contract/audit'
import { canonicalJson } from '@molecule/contract/canonical-json'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { auditRecords, exportText, headOf, sealed } from '../testing/audit-export.ts'
import { linesOf } from './lines.ts'
import { verifyExport } from './verify-export.ts'

const records = auditRecords(6)
const head = headOf(records)
const columns = Object.keys(records[0] ?? {}) as (keyof AuditRecord)[]

type Known = Parameters<typeof verifyExport>[1]

async function* piecesOf(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

const verify = (text: string, known?: Known, size = 100) =>
  verifyExport(linesOf(piecesOf(text, size)), known)

const row = fc.integer({ min: 0, max: records.length - 1 })
const column = fc.constantFrom(...columns)

test.each([1, 7, 100_000])('an export is intact, read in pieces of %i characters', async (size) => {
  expect(await verify(exportText(records, head), {}, size)).toEqual({
    ok: true,
    checked: 6,
    head,
    broken_at: null,
    fault: null,
    field: null,
    problem: null,
  })
})

test('whatever names the fields of a change have, it is hashed with all of them', async () => {
  const before = JSON.parse('{"__proto__":{"a":1},"constructor":[1.5,-0,1e21],"":null}')
  const odd = auditRecords(2, { before })

  expect(await verify(exportText(odd, headOf(odd)))).toMatchObject({ ok: true, checked: 2 })
})

test('a log in which nothing was done yet is intact', async () => {
  expect(await verify(exportText([], headOf([])))).toMatchObject({ ok: true, checked: 0 })
})

test('CM-49: any other value in any column of any record is found, and where', async () => {
  const value = fc.oneof(fc.jsonValue(), fc.string(), fc.integer(), fc.constant(null))
  await fc.assert(
    fc.asyncProperty(row, column, value, async (at, name, changed) => {
      const original = records[at] as AuditRecord
      fc.pre(canonicalJson(changed) !== canonicalJson(original[name]))
      const tampered = records.with(at, { ...original, [name]: changed } as AuditRecord)

      const verdict = await verify(exportText(tampered, head))

      expect(verdict).toMatchObject({ ok: false, broken_at: at + 1, checked: at })
      expect(verdict.problem).toContain(String(at + 1))
    }),
    { numRuns: 500 },
  )
})

test('CM-49: a record that was changed and sealed again breaks the one behind it, or the head', async () => {
  const rest = columns.filter((name) => !['seq', 'hash', 'prev_hash'].includes(name))
  await fc.assert(
    fc.asyncProperty(row, fc.constantFrom(...rest), async (at, name) => {
      const { hash: _, ...original } = records[at] as AuditRecord
      const forged = sealed({ ...original, [name]: name === 'before' ? { a: 1 } : 'other' })

      const verdict = await verify(exportText(records.with(at, forged), head))

      expect(verdict.ok).toBe(false)
      expect(verdict.broken_at).toBeGreaterThanOrEqual(at + 1)
      expect(verdict.broken_at).toBeLessThanOrEqual(at + 2)
    }),
  )
})

test('a column that is left out or added is found, and named', async () => {
  await fc.assert(
    fc.asyncProperty(row, column, async (at, name) => {
      const { [name]: _, ...less } = records[at] as AuditRecord
      const more = { ...records[at], extra: 1 }

      const without = await verify(exportText(records.with(at, less as AuditRecord), head))
      const withMore = await verify(exportText(records.with(at, more as AuditRecord), head))

      expect(without).toMatchObject({ fault: 'unreadable', broken_at: at + 1, field: name })
      expect(withMore).toMatchObject({ fault: 'unreadable', broken_at: at + 1, field: 'extra' })
    }),
  )
})

test('a record that was taken out is missed where it was', async () => {
  await fc.assert(
    fc.asyncProperty(row, async (at) => {
      const verdict = await verify(exportText(records.toSpliced(at, 1), head))

      expect(verdict).toMatchObject({ ok: false, broken_at: at + 1, fault: 'missing' })
    }),
  )
})

test('two records that changed places are found at the first of them', async () => {
  await fc.assert(
    fc.asyncProperty(row, row, async (a, b) => {
      fc.pre(a !== b)
      const swapped = records.with(a, records[b] as AuditRecord).with(b, records[a] as AuditRecord)

      const verdict = await verify(exportText(swapped, head))

      expect(verdict).toMatchObject({ ok: false, broken_at: Math.min(a, b) + 1 })
    }),
  )
})

test('a record put in between is found, even when it follows the one before it', async () => {
  await fc.assert(
    fc.asyncProperty(row, async (at) => {
      const { hash: _, ...here } = records[at] as AuditRecord
      const forged = sealed({ ...here, actor: 'mallory' })

      const verdict = await verify(exportText(records.toSpliced(at, 0, forged), head))

      expect(verdict).toMatchObject({ ok: false, broken_at: at + 2, fault: 'unlinked' })
    }),
  )
})

test('a file that was cut off anywhere is not intact', async () => {
  const text = exportText(records, head)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: text.length - 2 }), async (length) => {
      expect(await verify(text.slice(0, length))).toMatchObject({ ok: false })
    }),
  )
})

test('a file whose end was cut off and given a head that fits shows by a head that was kept', async () => {
  const cut = records.slice(0, 4)
  const forged = exportText(cut, headOf(cut))

  const alone = await verify(forged)
  const compared = await verify(forged, { through: head })

  expect(alone.ok).toBe(true)
  expect(compared).toMatchObject({ ok: false, fault: 'head', broken_at: 5, field: 'seq' })
})

test('a log that was written anew from the beginning shows by a head that was kept', async () => {
  const anew = auditRecords(8, { actor: 'mallory' })

  const verdict = await verify(exportText(anew, headOf(anew)), { through: head })

  expect(verdict).toMatchObject({ ok: false, fault: 'head', broken_at: 6, field: 'hash' })
})

test('an older head is found on the way', async () => {
  const through = headOf(records.slice(0, 3))

  expect(await verify(exportText(records, head), { through })).toMatchObject({ ok: true })
})

test('a later part is checked from the head it goes on from, and is not taken for the whole', async () => {
  const part = exportText(records.slice(3), head)

  const whole = await verify(part)
  const after = await verify(part, { after: headOf(records.slice(0, 3)) })
  const afterOther = await verify(part, { after: headOf(auditRecords(3, { actor: 'mallory' })) })

  expect(whole).toMatchObject({ ok: false, broken_at: 1, fault: 'missing' })
  expect(after).toMatchObject({ ok: true, checked: 3 })
  expect(afterOther).toMatchObject({ ok: false, broken_at: 4, field: 'prev_hash' })
})

test.each([
  ['a field twice, of which readers may take either', '"actor":"mallory","actor":"user:ada"'],
  ['a field written otherwise', '"actor" : "user:ada"'],
])('%s is not what an export writes', async (_, written) => {
  const text = exportText(records, head).replace('"actor":"user:ada"', written)

  expect(await verify(text)).toMatchObject({ ok: false, broken_at: 1, fault: 'unreadable' })
})

test('the head ends an export: a line behind it, and a head of others, are refused', async () => {
  const text = exportText(records, head)

  const more = await verify(text + exportText([], head))
  const ofOther = await verify(exportText(records, { ...head, org_id: 'other' }))

  expect(more).toMatchObject({ ok: false, fault: 'unreadable' })
  expect(ofOther).toMatchObject({ ok: false, fault: 'head', field: 'org_id' })
})

test('a line without end is given up on', async () => {
  async function* endless() {
    while (true) yield 'x'.repeat(100_000)
  }

  expect(await verifyExport(linesOf(endless()))).toMatchObject({ ok: false, fault: 'unreadable' })
})
