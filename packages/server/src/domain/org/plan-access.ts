import type { OrgAccess } from '@molecule/contract/org'

/** A workspace at its place, by a key that is its own. */
export type Placed = { key: string; parent: string | null; path: readonly string[] }

/** How many pairs are listed; the counts are of all. */
const LISTED = 200

/**
 * Who may talk to whom then and could not before, and the other way round. As nothing is moved by applying, only pairs with one
 * that is new, or one that goes, change.
 */
export function accessChanges(before: readonly Placed[], after: readonly Placed[]): OrgAccess {
  const had = new Set(before.map(({ key }) => key))
  const has = new Set(after.map(({ key }) => key))
  const gained = pairsWith(after, (key) => !had.has(key))
  const lost = pairsWith(before, (key) => !has.has(key))
  return {
    ...{ gained: gained.listed, gained_count: gained.count },
    ...{ lost: lost.listed, lost_count: lost.count },
  }
}

/** Siblings, and each with all above it; of every pair at least one is meant. */
function pairsWith(places: readonly Placed[], isMeant: (key: string) => boolean) {
  const byKey = new Map(places.map((place) => [place.key, place]))
  const listed: OrgAccess['gained'] = []
  let count = 0
  const take = (a: Placed, b: Placed) => {
    if (!isMeant(a.key) && !isMeant(b.key)) return
    count += 1
    if (listed.length < LISTED) listed.push({ between: [[...a.path], [...b.path]] })
  }
  for (const siblings of Map.groupBy(places, ({ parent }) => parent).values())
    for (const [index, one] of siblings.entries())
      for (const other of siblings.slice(index + 1)) take(one, other)
  for (const place of places) for (const above of ancestors(byKey, place)) take(above, place)
  return { listed, count }
}

function ancestors(byKey: ReadonlyMap<string, Placed>, { parent }: Placed): Placed[] {
  const found: Placed[] = []
  for (let at = parent; at !== null && found.length < 64; ) {
    const place = byKey.get(at)
    if (!place) break
    found.push(place)
    at = place.parent
  }
  return found
}
