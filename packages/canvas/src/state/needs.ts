/** Names of what must be stored, however they are written; of several in one place one is enough. Each is told once. */
export function needsIn(required: readonly unknown[]): string[][] {
  const needs = required.map(alternatives).filter((names) => names.length > 0)
  return [...new Map(needs.map((names) => [names.join(), names])).values()]
}

function alternatives(need: unknown): string[] {
  if (typeof need === 'string') return [need]
  if (Array.isArray(need)) return need.filter((name) => typeof name === 'string')
  return need instanceof Object && 'any_of' in need ? alternatives(need.any_of) : []
}

type Configured = { runtime_config: Readonly<Record<string, unknown>> }

/** What a workspace needs: its runtime, and what its own configuration names. */
export const needsOfWorkspace = (
  { runtime_config: { required_env } }: Configured,
  ofRuntime: readonly unknown[],
) => needsIn([...ofRuntime, ...(Array.isArray(required_env) ? required_env : [])])

/** Under which name a need is met: by a secret, or by its configuration. */
export function metBy(
  names: readonly string[],
  { runtime_config: { env } }: Configured,
  stored: ReadonlySet<string>,
): string | undefined {
  const configured = env instanceof Object ? env : {}
  return names.find((name) => stored.has(name) || Object.hasOwn(configured, name))
}
