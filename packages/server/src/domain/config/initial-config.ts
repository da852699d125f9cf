import { CreateWorkspace } from '@molecule/contract/workspace'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Tx, WorkspaceRow } from '../../db/tables.ts'
import { DomainError } from '../error.ts'
import { actorOf, type Principal } from '../identity/principal.ts'
import { type ConfigYaml, readConfig } from './config-document.ts'
import { CONFIG_FILE, type ConfigFileMap } from './config-files.ts'
import { workspaceOwner } from './config-owner.ts'
import { writeVersion } from './config-store.ts'

/** A request to create, where a `config.yaml` speaks for what it leaves out. The name is never taken from there. */
export function filledFrom(files: ConfigFileMap, input: CreateWorkspace): CreateWorkspace {
  const { said } = readConfig(files.get(CONFIG_FILE) ?? '')
  const told = {
    role: said.description?.trim() || undefined,
    runtime: input.external ? undefined : said.runtime,
    tier: said.tier,
    model: said.model || undefined,
    runtime_config: runtimeConfigOf(said, input),
  }
  const missing = Object.entries(told).filter(
    ([key, value]) => value !== undefined && input[key as keyof CreateWorkspace] === undefined,
  )
  const parsed = CreateWorkspace.safeParse({ ...input, ...Object.fromEntries(missing) })
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map(({ path, message }) => ({
    path: `${CONFIG_FILE}: ${path.join('.')}`,
    message,
  }))
  throw new DomainError('invalid', `${fields[0]?.path}: ${fields[0]?.message}`, {
    hint: 'Mend the configuration that it begins with.',
    fields,
  })
}

/** That of another runtime would not fit. */
const runtimeConfigOf = ({ runtime, runtime_config }: ConfigYaml, input: CreateWorkspace) =>
  input.external || (input.runtime !== undefined && input.runtime !== runtime)
    ? undefined
    : runtime_config

/** The first version of a workspace that was made in the same transaction; the caller holds the org. */
export async function beginConfig(
  tx: Tx,
  principal: Principal,
  row: WorkspaceRow,
  { files, note }: { files: ConfigFileMap; note: string },
): Promise<void> {
  const author = actorOf(principal)
  const at = await dbNow(tx)
  await writeVersion(tx, workspaceOwner(row), { version: 1, files, author, note, at })
}
