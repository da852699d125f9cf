const allowed = new Set(['http:', 'https:', 'mailto:'])

/** An address an agent may send a person to; anything else is not a link. Relative ones lead nowhere useful. */
export function safeUrl(url: string): string | undefined {
  const parsed = URL.parse(url)
  return parsed && allowed.has(parsed.protocol) ? parsed.href : undefined
}
