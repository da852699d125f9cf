import type { Orphan, Resource } from '@molecule/contract/admin'

export type Running =
  | { kind: 'leak' | 'resource'; resource: Resource }
  | { kind: 'orphan'; orphan: Orphan }

/** What may have leaked, then what nobody knows, then the rest; each in the order it came. */
export function urgentFirst(resources: readonly Resource[], orphans: readonly Orphan[]): Running[] {
  const { leak = [], resource = [] } = Object.groupBy(
    resources.map((each) => ({
      kind: each.leak_suspect_at === null ? ('resource' as const) : ('leak' as const),
      resource: each,
    })),
    ({ kind }) => kind,
  )
  return [...leak, ...orphans.map((orphan) => ({ kind: 'orphan' as const, orphan })), ...resource]
}
