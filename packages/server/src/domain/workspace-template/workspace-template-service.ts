import type {
  ImportTemplate,
  SaveTemplate,
  WorkspaceTemplateId,
} from '@molecule/contract/workspace-template'
import { stringify } from 'yaml'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WorkspaceTemplateRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { readConfig } from '../config/config-document.ts'
import { CONFIG_FILE, type ConfigFileMap, checkFiles, sorted } from '../config/config-files.ts'
import { templateOwner } from '../config/config-owner.ts'
import { dropOwner, latestVersion, writeVersion } from '../config/config-store.ts'
import { DomainError, notFound } from '../error.ts'
import { actorOf, type Principal, scopeOf } from '../identity/principal.ts'
import { findTemplate } from './workspace-template-store.ts'

/** How many templates an org may have. */
const MOST = 500

/** A new template with its first version, whole or not at all. */
export function importTemplate(
  db: Db,
  principal: Principal,
  { name, files: given }: ImportTemplate,
): Promise<WorkspaceTemplateRow> {
  const files = withConfig(name, new Map(Object.entries(given)))
  const description = checked(files)
  const id = slugOf(name)
  return transact(db, async (tx) => {
    await lockRow(tx, 'orgs', principal.orgId)
    if (await findTemplate(tx, scopeOf(principal), id))
      throw new DomainError('name_taken', `there is a template "${id}" already`, {
        hint: 'Choose another name, or save a new version of that one.',
        extra: { id },
      })
    await refuseTooMany(tx, principal)
    const at = await dbNow(tx)
    const row = await tx
      .insertInto('workspaceTemplates')
      .values({ id, orgId: principal.orgId, name, description, createdAt: at, updatedAt: at })
      .returningAll()
      .executeTakeFirstOrThrow()
    await writeVersion(tx, templateOwner(row), {
      version: 1,
      files,
      author: actorOf(principal),
      at,
    })
    await auditTemplate(tx, principal, { verb: 'import', id, after: { name, files: files.size } })
    return row
  })
}

async function refuseTooMany(tx: Tx, { orgId }: Principal): Promise<void> {
  const { count } = await tx
    .selectFrom('workspaceTemplates')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('orgId', '=', orgId)
    .executeTakeFirstOrThrow()
  if (Number(count) < MOST) return
  throw new DomainError('limit_reached', `an org has at most ${MOST} templates`, {
    hint: 'Delete one that is not needed any more.',
  })
}

/** All files anew, as the next version. Workspaces made from it stay as they are until they are restarted with it. */
export function saveTemplate(
  db: Db,
  principal: Principal,
  id: string,
  { base, files: given, note = '' }: SaveTemplate,
): Promise<WorkspaceTemplateRow> {
  return transact(db, async (tx) => {
    const row = await lockTemplate(tx, principal, id)
    const owner = templateOwner(row)
    const version = (await latestVersion(tx, owner))?.version ?? 0
    if (version !== base)
      throw new DomainError('conflict', `the template is at version ${version} by now`, {
        hint: 'Read it again, bring your change into it, and save that.',
        extra: { version },
      })
    const files = withConfig(row.name, new Map(Object.entries(given)))
    const description = checked(files)
    const at = await dbNow(tx)
    const author = actorOf(principal)
    await writeVersion(tx, owner, { version: version + 1, files, author, note, at })
    await auditTemplate(tx, principal, {
      verb: 'save',
      id,
      before: { version },
      after: { version: version + 1, files: files.size },
    })
    return tx
      .updateTable('workspaceTemplates')
      .set({ description, updatedAt: at })
      .where('orgId', '=', row.orgId)
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}

/** What was made from it stays. */
export function deleteTemplate(db: Db, principal: Principal, id: string): Promise<void> {
  return transact(db, async (tx) => {
    const row = await lockTemplate(tx, principal, id)
    await dropOwner(tx, templateOwner(row))
    await tx
      .deleteFrom('workspaceTemplates')
      .where('orgId', '=', row.orgId)
      .where('id', '=', row.id)
      .execute()
    await auditTemplate(tx, principal, { verb: 'delete', id, before: { name: row.name } })
  })
}

async function lockTemplate(tx: Tx, principal: Principal, id: string) {
  await lockRow(tx, 'orgs', principal.orgId)
  const row = await findTemplate(tx, scopeOf(principal), id)
  if (!row) throw notFound('template', id)
  return row
}

const slugOf = (name: string) =>
  (name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100) || 'unnamed') as WorkspaceTemplateId

/** Without a `config.yaml`, one that names the prompts at the top and the skills that are there. */
function withConfig(name: string, files: ConfigFileMap): ConfigFileMap {
  if (files.has(CONFIG_FILE)) return sorted(files)
  const paths = [...files.keys()].sort()
  const prompts = paths.filter((path) => /^[^/]+\.md$/.test(path))
  const skills = paths.flatMap((path) => /^skills\/([^/]+)\/SKILL\.md$/.exec(path)?.[1] ?? [])
  const made = {
    name,
    version: '1.0.0',
    ...(prompts.length > 0 ? { prompt_files: prompts } : {}),
    ...(skills.length > 0 ? { skills } : {}),
  }
  return sorted(new Map([...files, [CONFIG_FILE, stringify(made)]]))
}

/** Its description. */
function checked(files: ConfigFileMap): string {
  checkFiles(files)
  return readConfig(files.get(CONFIG_FILE) ?? '').said.description ?? ''
}

type Deed = {
  verb: string
  id: string
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

const auditTemplate = (tx: Tx, principal: Principal, { verb, id, ...change }: Deed) =>
  audit(tx, principal, { action: `template.${verb}`, entity: 'template', entityId: id, ...change })
