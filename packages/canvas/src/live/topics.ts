export type Topics = {
  /** All of one owner at once. */
  set(owner: string, topics: readonly string[]): void
  /** One more, until the answer is called. */
  add(topic: string): () => void
}

/** What the page wants to hear of beside the feed. Several ask; the socket takes one list. */
export function topicSet(announce: (topics: readonly string[]) => void): Topics {
  const lists = new Map<string, readonly string[]>()
  const counts = new Map<string, number>()
  const tell = () => announce([...new Set([...[...lists.values()].flat(), ...counts.keys()])])
  return {
    set(owner, topics) {
      lists.set(owner, topics)
      tell()
    },
    add(topic) {
      counts.set(topic, (counts.get(topic) ?? 0) + 1)
      tell()
      return () => {
        const left = (counts.get(topic) ?? 0) - 1
        if (left > 0) counts.set(topic, left)
        else counts.delete(topic)
        tell()
      }
    },
  }
}
