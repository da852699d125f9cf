/** A map that stays the same object until something in it is set. */
export function copyOnWrite<K, V>(map: ReadonlyMap<K, V>) {
  let copy: Map<K, V> | undefined
  return {
    now: (): ReadonlyMap<K, V> => copy ?? map,
    set(key: K, value: V) {
      copy ??= new Map(map)
      copy.set(key, value)
    },
  }
}
