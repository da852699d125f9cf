/** Plain text in which backticks mark what is to be typed. */
export function InlineCode({ source }: { source: string }) {
  const parts = source.split('`')
  const isBalanced = parts.length % 2 === 1
  if (parts.length === 1 || !isBalanced) return source
  return parts.map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move.
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  )
}
