import type { Dependent } from '@molecule/contract/secret'
import type { Cli } from '../../cli.ts'
import { oneLine } from '../../output/plain-text.ts'
import type { ScopeOption } from './scope.ts'

const MOST_NAMES = 10

/** Who runs with an older value, and the command that changes it. */
export function tellRestart({ out }: Cli, needy: readonly Dependent[], scope: ScopeOption) {
  if (needy.length === 0) return
  const what = needy.length === 1 ? '1 workspace needs' : `${needy.length} workspaces need`
  out.note(`${what} a restart to get it: ${namesOf(needy)}.`)
  const option = scope.workspace === undefined ? '' : ` --workspace ${quoted(scope.workspace)}`
  out.note(`Restart them as they become idle: molecule secret restart${option}`)
}

export function namesOf(workspaces: readonly Dependent[]): string {
  const names = workspaces.slice(0, MOST_NAMES).map(({ name }) => `"${oneLine(name)}"`)
  const more = workspaces.length - names.length
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ')
}

const quoted = (word: string) =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
