/** The one place that writes to the browser's console. */
export function logWarning(message: string, fields: Record<string, unknown> = {}) {
  // biome-ignore lint/suspicious/noConsole: a page has no other log.
  console.warn(message, fields)
}
