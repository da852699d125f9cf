import { isAbsolute, normalize } from 'node:path'
import type { WorkspaceId } from '@molecule/contract/id'
import type { Tx, WorkspaceRow } from '../../db/tables.ts'
import { DomainError } from '../error.ts'
import type { OrgScope } from '../identity/principal.ts'
import {
  ancestry,
  descendants,
  findLiveByName,
  findWorkspace,
  MAX_DEPTH,
} from './workspace-store.ts'

/**
 * The parent must be a live workspace of the org; moving `self` there must make no cycle; the tree stays shallow.
 * Answers the parent.
 */
export async function checkPlace(
  tx: Tx,
  scope: OrgScope,
  { parentId, self }: { parentId: WorkspaceId | null; self?: WorkspaceId },
): Promise<WorkspaceRow | undefined> {
  if (parentId === null) return undefined
  const parent = await findWorkspace(tx, scope, parentId)
  if (!parent || parent.desiredState === 'removed')
    throw new DomainError('unknown_parent', `the parent ${parentId} does not exist`, {
      hint: 'List the workspaces and name an existing one as parent_id, or leave it out for a root.',
    })
  const above = await ancestry(tx, parentId)
  if (self && above.includes(self))
    throw new DomainError('cycle', 'a workspace cannot be placed below itself', {
      hint: 'Choose a parent outside its own team.',
    })
  const below = self ? Math.max(0, ...(await descendants(tx, self)).map((each) => each.depth)) : 0
  if (above.length + below >= MAX_DEPTH)
    throw new DomainError('too_deep', `the tree would be deeper than ${MAX_DEPTH}`, {
      hint: 'Choose a parent nearer to the root.',
    })
  return parent
}

/** Refuses a name that a live sibling has. */
export async function takeName(
  tx: Tx,
  scope: OrgScope,
  { parentId, name, self }: { parentId: WorkspaceId | null; name: string; self?: WorkspaceId },
): Promise<void> {
  const holder = await findLiveByName(tx, scope, { parentId, name })
  if (!holder || holder.id === self) return
  const suggestion = await freeName(tx, scope, { parentId, name })
  throw new DomainError('name_taken', `a workspace called "${name}" exists there already`, {
    hint: suggestion
      ? `Use it, or take another name such as "${suggestion}".`
      : 'Take another name.',
    extra: { existing_id: holder.id, ...(suggestion ? { suggestion } : {}) },
  })
}

const MAX_SUGGESTIONS = 50

/** The name itself where nobody has it, else the first with a number that is free. */
export async function freeNameFor(
  tx: Tx,
  scope: OrgScope,
  place: { parentId: WorkspaceId | null; name: string },
): Promise<string> {
  if (!(await findLiveByName(tx, scope, place))) return place.name
  return (await freeName(tx, scope, place)) ?? place.name
}

async function freeName(
  tx: Tx,
  scope: OrgScope,
  place: { parentId: WorkspaceId | null; name: string },
) {
  for (let n = 2; n < MAX_SUGGESTIONS; n++) {
    const name = `${place.name} (${n})`
    if (!(await findLiveByName(tx, scope, { ...place, name }))) return name
  }
  return undefined
}

const systemFolders = /^\/((etc|var|run|proc|sys|dev|boot|sbin|bin|lib|lib64|usr)(\/|$)|$)/

/** A folder of the machine that the workspace may work in: absolute, no `..`, none of the system's own. */
export function checkDirectory(directory: string | null | undefined): void {
  if (directory === null || directory === undefined) return
  const problem = directoryProblem(directory)
  if (problem)
    throw new DomainError('invalid', `workspace_dir ${problem}`, {
      hint: 'Give an absolute path to a folder of your own, or leave it out.',
      fields: [{ path: 'workspace_dir', message: problem }],
    })
}

function directoryProblem(directory: string): string | undefined {
  if (!isAbsolute(directory)) return 'must be an absolute path'
  if (directory.split('/').includes('..')) return 'must not contain ".."'
  if (directory.includes('\0')) return 'must not contain a NUL'
  if (systemFolders.test(normalize(directory))) return 'must not be a folder of the system'
  return undefined
}
