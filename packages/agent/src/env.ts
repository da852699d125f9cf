/** What the host knows of its own environment, and what of it goes on to the programs it runs. */
export type HostEnv = {
  /** Handed on as it is. */
  readonly base: Readonly<Record<string, string>>
  /** Marks all that belongs to this incarnation, so that a stop finds it. */
  readonly markers: Readonly<Record<string, string>>
  readonly compileCache: string | undefined
}

const baseNames = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'] as const
const markerNames = ['MOLECULE_RUN', 'MOLECULE_NODE'] as const
const defaultPath = '/usr/local/bin:/usr/bin:/bin'

/** Read once, in `main.ts`. */
export const hostEnv = (env: NodeJS.ProcessEnv = process.env): HostEnv => ({
  base: { PATH: defaultPath, ...pick(env, baseNames) },
  markers: pick(env, markerNames),
  compileCache: env.NODE_COMPILE_CACHE,
})

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = env[name]
    if (value !== undefined) picked[name] = value
  }
  return picked
}
