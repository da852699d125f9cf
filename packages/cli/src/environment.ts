export type Environment = Readonly<Record<string, string | undefined>>

/** The one place that reads the environment; everyone else is handed the values. */
export function readEnvironment(): Environment {
  return { ...process.env }
}

/** A set but empty variable counts as unset. */
export const given = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' ? undefined : value.trim()
