const nul = /\0/g

/** Text that every database stores: without NUL, a lone surrogate replaced by U+FFFD. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed()
  return wellFormed.includes('\0') ? wellFormed.replace(nul, '') : wellFormed
}
