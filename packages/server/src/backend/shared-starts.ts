/** Lets calls for one key share the work that is under way. */
export function sharedStarts<T>() {
  const underWay = new Map<string, Promise<T>>()
  return (key: string, start: () => Promise<T>): Promise<T> => {
    const begun = underWay.get(key) ?? start().finally(() => underWay.delete(key))
    underWay.set(key, begun)
    return begun
  }
}
