import {
  type Bundle,
  type BundleNode,
  bundleLimits,
  type ImportBundle,
  type ImportedBundle,
  type ImportedNode,
} from '@molecule/contract/bundle'
import type { WorkspaceId } from '@molecule/contract/id'
import { CreateWorkspace } from '@molecule/contract/workspace'
import { lockRow } from '../../db/dialect/dialect.ts'
import type { Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { editKeys, readConfig } from '../config/config-document.ts'
import { CONFIG_FILE, type ConfigFileMap, checkFiles, overlay } from '../config/config-files.ts'
import { beginConfig, filledFrom } from '../config/initial-config.ts'
import { DomainError } from '../error.ts'
import { type Principal, scopeOf } from '../identity/principal.ts'
import type { Vault } from '../secret/data-key.ts'
import { freeNameFor } from '../workspace/workspace-place.ts'
import { createWorkspaceIn } from '../workspace/workspace-service.ts'
import { filesOfParts } from './bundle-files.ts'
import { sealedSigningKey } from './signing-key-store.ts'

/** What was sent, as it was read, and the key that vouches for it. */
export type Sent = { bundle: Bundle; signer: string | null }

/**
 * Makes new workspaces of a bundle, by the path of every create: all of them or none. A name that is taken gets a number. They start
 * as every new one does; the reason of a start that fails is at the workspace, with its event.
 */
export async function importBundle(
  { db }: Pick<Vault, 'db'>,
  principal: Principal,
  { bundle, signer }: Sent,
  { parent_id, signed_by }: ImportBundle,
): Promise<ImportedBundle> {
  if (signed_by !== undefined && signer !== signed_by) throw notSignedBy(signed_by, signer)
  refuseLarge(bundle)
  return transact(db, async (tx) => {
    await lockRow(tx, 'orgs', principal.orgId)
    const parent = (parent_id ?? null) as WorkspaceId | null
    const place = { parentId: parent, name: bundle.name }
    const name = await freeNameFor(tx, scopeOf(principal), place)
    const made = await make(tx, principal, { node: { ...bundle, name }, parent })
    const own = await sealedSigningKey(tx, principal.orgId)
    const count = countOf(made)
    await audit(tx, principal, {
      action: 'bundle.import',
      entity: 'workspace',
      entityId: made.workspace_id,
      after: { source_bundle_id: bundle.id, count, signed_by: signer },
    })
    const is_own = signer !== null && signer === own?.publicKey
    return { ...made, count, signed_by: signer, is_own }
  })
}

function notSignedBy(wanted: string, signer: string | null) {
  const found = signer === null ? 'not signed' : `signed with ${signer}`
  return new DomainError('forbidden', `the bundle is ${found}`, {
    hint: `Only one that is signed with ${wanted} is taken.`,
  })
}

function refuseLarge(bundle: BundleNode): void {
  let workspaces = 0
  const walk = ({ sub_workspaces }: BundleNode, depth: number) => {
    workspaces += 1
    if (depth > bundleLimits.depth || workspaces > bundleLimits.workspaces)
      throw new DomainError(
        'too_large',
        `a bundle holds at most ${bundleLimits.workspaces} workspaces, ${bundleLimits.depth} deep`,
        { hint: 'Import its teams one by one.' },
      )
    for (const child of sub_workspaces) walk(child, depth + 1)
  }
  walk(bundle, 1)
}

const countOf = ({ children }: ImportedNode): number =>
  children.reduce((sum, child) => sum + countOf(child), 1)

type Making = { node: BundleNode; parent: WorkspaceId | null }

async function make(tx: Tx, principal: Principal, { node, parent }: Making): Promise<ImportedNode> {
  const row = await makeOne(tx, principal, { node, parent })
  const children: ImportedNode[] = []
  for (const child of node.sub_workspaces)
    children.push(await make(tx, principal, { node: child, parent: row.id }))
  return { workspace_id: row.id, name: row.name, status: row.status, children }
}

async function makeOne(tx: Tx, principal: Principal, { node, parent }: Making) {
  const where = (problem: DomainError) =>
    new DomainError(problem.code, `workspace "${node.name}" of the bundle: ${problem.message}`, {
      hint: problem.hint,
      ...(problem.fields ? { fields: problem.fields } : {}),
    })
  try {
    const files = withTools(filesOfParts(node), node)
    checkFiles(files)
    const row = await createWorkspaceIn(tx, principal, filledFrom(files, inputOf(node, parent)))
    await keep(tx, principal, { row, files, node })
    return row
  } catch (error) {
    throw error instanceof DomainError ? where(error) : error
  }
}

type Keeping = { row: WorkspaceRow; files: ConfigFileMap; node: BundleNode }

async function keep(tx: Tx, principal: Principal, { row, files, node }: Keeping): Promise<void> {
  if (files.size > 0)
    await beginConfig(tx, principal, row, { files, note: `bundle ${node.id}`.trim() })
  if (node.agent_card)
    await tx
      .updateTable('workspaces')
      .set({ agentCard: node.agent_card })
      .where('id', '=', row.id)
      .execute()
}

/** Tools that the bundle names beside its files go into `config.yaml`, where those of others are. */
const withTools = (files: ConfigFileMap, { tools }: BundleNode): ConfigFileMap =>
  tools.length === 0
    ? files
    : overlay(
        files,
        new Map([
          [CONFIG_FILE, editKeys(files.get(CONFIG_FILE) ?? '', { set: { tools }, unset: [] })],
        ]),
      )

function inputOf(node: BundleNode, parent: WorkspaceId | null): CreateWorkspace {
  const { said } = readConfig(node.prompts[CONFIG_FILE] ?? '')
  const wanted = {
    name: node.name,
    role: node.description || undefined,
    tier: node.tier ?? undefined,
    model: node.model || undefined,
    parent_id: parent ?? undefined,
    external: node.external || said.runtime === 'external' || undefined,
  }
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
  const parsed = CreateWorkspace.safeParse(Object.fromEntries(given))
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map(({ path, message }) => ({
    path: path.join('.'),
    message,
  }))
  throw new DomainError('invalid', `${fields[0]?.path}: ${fields[0]?.message}`, {
    hint: 'Mend the bundle; nothing was made.',
    fields,
  })
}
