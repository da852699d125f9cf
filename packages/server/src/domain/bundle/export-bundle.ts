import type { Bundle, BundleNode } from '@molecule/contract/bundle'
import { bundleLimits } from '@molecule/contract/bundle'
import type { Queryable, WorkspaceRow } from '../../db/tables.ts'
import { redact } from '../../lib/redact.ts'
import { readConfig, withoutSecrets } from '../config/config-document.ts'
import { CONFIG_FILE } from '../config/config-files.ts'
import { currentConfig } from '../config/config-service.ts'
import { DomainError } from '../error.ts'
import { actorOf, type Principal, scopeOf } from '../identity/principal.ts'
import type { Vault } from '../secret/data-key.ts'
import { liveWorkspace } from '../workspace/lock-live.ts'
import { wantedWorkspaces } from '../workspace/workspace-store.ts'
import { partsOf } from './bundle-files.ts'
import { signed } from './bundle-signature.ts'
import { signingKey } from './signing-key.ts'

type Gathered = { workspaces: number; files: number; redacted: string[] }

/** A workspace and all below it, signed. What looks like a secret is blacked out, and where is told. */
export async function exportBundle(
  vault: Vault,
  principal: Principal,
  id: string,
): Promise<Bundle> {
  const { db } = vault
  const root = await liveWorkspace(db, principal, id)
  const live = await wantedWorkspaces(db, scopeOf(principal))
  const below = Map.groupBy(live, ({ parentId }) => parentId)
  const gathered: Gathered = { workspaces: 0, files: 0, redacted: [] }
  const author = actorOf(principal)
  const walk = async (row: WorkspaceRow, depth: number): Promise<BundleNode> => {
    gathered.workspaces += 1
    if (depth > bundleLimits.depth || gathered.workspaces > bundleLimits.workspaces)
      throw tooLarge()
    const children: BundleNode[] = []
    const own = await nodeOf(db, row, { author, gathered })
    for (const child of below.get(row.id) ?? []) children.push(await walk(child, depth + 1))
    return { ...own, sub_workspaces: children }
  }
  return signed(await walk(root, 1), gathered, await signingKey(vault, principal.orgId))
}

const tooLarge = () =>
  new DomainError(
    'too_large',
    `a bundle holds at most ${bundleLimits.workspaces} workspaces, ${bundleLimits.depth} deep`,
    { hint: 'Export its teams one by one, or the whole organization: molecule org export.' },
  )

async function nodeOf(
  db: Queryable,
  row: WorkspaceRow,
  { author, gathered }: { author: string; gathered: Gathered },
): Promise<Omit<BundleNode, 'sub_workspaces'>> {
  const { files } = await currentConfig(db, row)
  const clean = new Map(
    [...files].map(([path, content]) => {
      const shown = path === CONFIG_FILE ? withoutSecrets(content) : redact(content)
      if (shown !== content) gathered.redacted.push(`${row.name}: ${path}`)
      return [path, shown] as const
    }),
  )
  gathered.files += clean.size
  const { said } = readConfig(files.get(CONFIG_FILE) ?? '')
  return {
    schema: '1.0',
    id: row.id,
    name: row.name,
    description: row.role,
    tier: row.tier,
    model: row.model,
    ...(row.runtime === 'external' ? { external: true } : {}),
    ...partsOf(clean),
    tools: [],
    agent_card: row.agentCard,
    author,
    version: String(said.version ?? '1.0.0'),
  }
}
