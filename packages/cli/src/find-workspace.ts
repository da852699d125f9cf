import type { Workspace } from '@molecule/contract/workspace'
import type { Client } from '@molecule/sdk'
import { notFound, usageError } from './cli-error.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The id of a workspace given as id, name, or path of names (`Lead/Reviewer`). */
export async function workspaceIdOf(
  client: Client,
  given: string,
  signal: AbortSignal,
): Promise<Workspace['id']> {
  if (uuid.test(given)) return given.toLowerCase() as Workspace['id']
  return matchWorkspace(await client.workspaces.list({ signal }), given).id
}

export function matchWorkspace(workspaces: readonly Workspace[], given: string): Workspace {
  const candidates = candidatesFor(workspaces, given)
  const [only] = candidates
  if (only && candidates.length === 1) return only
  if (only)
    throw usageError(
      `"${given}" names ${candidates.length} workspaces.`,
      'Give the id, or the path with the names above it.',
      candidates.map((one) => `${one.id}  ${pathOf(workspaces, one)}`),
    )
  throw notFound(
    `No workspace is named "${given}".`,
    similarTo(workspaces, given) ?? 'See them all with `molecule ws list`.',
  )
}

/** The first rule that finds any decides: exact name, path, name in another case. */
function candidatesFor(workspaces: readonly Workspace[], given: string): Workspace[] {
  const lower = given.toLowerCase()
  const rules: ((one: Workspace) => boolean)[] = [
    (one) => one.id === lower,
    (one) => one.name === given,
    (one) => `/${pathOf(workspaces, one)}`.endsWith(`/${given.replace(/^\//, '')}`),
    (one) => one.name.toLowerCase() === lower,
  ]
  for (const rule of rules) {
    const matching = workspaces.filter(rule)
    if (matching.length > 0) return matching
  }
  return []
}

function similarTo(workspaces: readonly Workspace[], given: string): string | undefined {
  const lower = given.toLowerCase()
  const similar = workspaces.filter(({ name }) => name.toLowerCase().includes(lower)).slice(0, 5)
  if (lower === '' || similar.length === 0) return undefined
  return `Did you mean ${similar.map(({ name }) => `"${name}"`).join(' or ')}?`
}

const deepest = 32

/** The names from the root down, joined by `/`. */
export function pathOf(workspaces: readonly Workspace[], workspace: Workspace): string {
  const names = [workspace.name]
  let parentId = workspace.parent_id
  for (let depth = 0; parentId !== null && depth < deepest; depth++) {
    const parent = workspaces.find(({ id }) => id === parentId)
    if (!parent) break
    names.unshift(parent.name)
    parentId = parent.parent_id
  }
  return names.join('/')
}

/** Everything below a workspace, parents before children. */
export function subtreeOf(workspaces: readonly Workspace[], rootId: string): Workspace[] {
  const children = workspaces.filter(({ parent_id }) => parent_id === rootId)
  return children.flatMap((child) => [child, ...subtreeOf(workspaces, child.id)])
}
