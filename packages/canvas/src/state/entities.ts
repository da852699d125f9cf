/** Ids listed under a key, such as children under their parent. */
export type Groups = ReadonlyMap<string, readonly string[]>

/** A normalised map of one kind of thing with the groups its watchers ask for. */
export type Entities<T, G extends string> = {
  byId: ReadonlyMap<string, T>
  groups: Readonly<Record<G, Groups>>
  /** Highest revision applied; kept for what was removed, so that nothing late brings it back. */
  rev: ReadonlyMap<string, number>
}

export type Kind<T, G extends string> = {
  groupOf: Readonly<Record<G, (entity: T) => string | undefined>>
  isGone: (entity: T) => boolean
}

type Versioned = { id: string; rev: number }

/** Key of the group that holds what has no parent. */
export const noParent = ''

export function emptyEntities<T, G extends string>(kind: Kind<T, G>): Entities<T, G> {
  return { byId: new Map(), groups: mapGroups(kind, () => new Map()), rev: new Map() }
}

/** Applies what has a higher revision than known. Nothing newer: the same object comes back. */
export function putAll<T extends Versioned, G extends string>(
  kind: Kind<T, G>,
  entities: Entities<T, G>,
  incoming: readonly T[],
): Entities<T, G> {
  const fresh = incoming.filter((entity) => isNewer(entities.rev, entity))
  if (fresh.length === 0) return entities
  const draft = draftOf(kind, entities)
  for (const entity of fresh) put(kind, draft, entity)
  return draft
}

/** Holds exactly the given ones. An entity of unchanged revision keeps its object, so its watchers stay still. */
export function replaceAll<T extends Versioned, G extends string>(
  kind: Kind<T, G>,
  entities: Entities<T, G>,
  incoming: readonly T[],
): Entities<T, G> {
  const draft = draftOf(kind, emptyEntities(kind))
  for (const entity of incoming) {
    const known = entities.byId.get(entity.id)
    put(kind, draft, known?.rev === entity.rev ? known : entity)
  }
  return draft
}

/** Forgets entities without remembering that they were removed. */
export function dropAll<T extends Versioned, G extends string>(
  kind: Kind<T, G>,
  entities: Entities<T, G>,
  ids: readonly string[],
): Entities<T, G> {
  const draft = draftOf(kind, entities)
  for (const id of ids) {
    regroup(kind, draft, id, draft.byId.get(id), undefined)
    draft.byId.delete(id)
    draft.rev.delete(id)
  }
  return draft
}

type Draft<T, G extends string> = {
  byId: Map<string, T>
  groups: Record<G, Map<string, readonly string[]>>
  rev: Map<string, number>
}

function draftOf<T, G extends string>(kind: Kind<T, G>, entities: Entities<T, G>): Draft<T, G> {
  return {
    byId: new Map(entities.byId),
    groups: mapGroups(kind, (name) => new Map(entities.groups[name])),
    rev: new Map(entities.rev),
  }
}

function mapGroups<T, G extends string, V>(kind: Kind<T, G>, make: (name: G) => V): Record<G, V> {
  const names = Object.keys(kind.groupOf) as G[]
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<G, V>
}

function isNewer(rev: ReadonlyMap<string, number>, entity: Versioned) {
  return entity.rev > (rev.get(entity.id) ?? -1)
}

function put<T extends Versioned, G extends string>(
  kind: Kind<T, G>,
  draft: Draft<T, G>,
  entity: T,
) {
  if (!isNewer(draft.rev, entity)) return
  const before = draft.byId.get(entity.id)
  const after = kind.isGone(entity) ? undefined : entity
  regroup(kind, draft, entity.id, before, after)
  draft.rev.set(entity.id, entity.rev)
  if (after) draft.byId.set(entity.id, after)
  else draft.byId.delete(entity.id)
}

function regroup<T, G extends string>(
  kind: Kind<T, G>,
  draft: Draft<T, G>,
  id: string,
  before: T | undefined,
  after: T | undefined,
) {
  for (const name of Object.keys(kind.groupOf) as G[]) {
    const from = before && kind.groupOf[name](before)
    const to = after && kind.groupOf[name](after)
    if (from === to) continue
    if (from !== undefined) leave(draft.groups[name], from, id)
    if (to !== undefined) join(draft.groups[name], to, id)
  }
}

function leave(groups: Map<string, readonly string[]>, key: string, id: string) {
  const rest = (groups.get(key) ?? []).filter((member) => member !== id)
  if (rest.length > 0) groups.set(key, rest)
  else groups.delete(key)
}

function join(groups: Map<string, readonly string[]>, key: string, id: string) {
  groups.set(key, [...(groups.get(key) ?? []), id])
}
