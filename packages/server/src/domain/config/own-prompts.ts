import { dbNow } from '../../db/dialect/dialect.ts'
import type { Tx, WorkspaceRow } from '../../db/tables.ts'
import { scopeOf } from '../identity/principal.ts'
import { createTaskIn } from '../task/task-create.ts'
import { openTaskCounts } from '../workspace/subtree.ts'
import { type ConfigYaml, readConfig } from './config-document.ts'
import { CONFIG_FILE, type ConfigFileMap } from './config-files.ts'
import { currentConfig } from './config-service.ts'

/** An idle prompt without an interval of its own is sent so often. */
export const IDLE_SECONDS = 600

/**
 * Asks a workspace that has just reported in what its configuration begins with, once in each of its sessions. The task is written with the note that it
 * was: neither is there without the other. Notes too how often it is to be asked when it has nothing to do.
 */
export async function beginOwnPrompts(tx: Tx, row: WorkspaceRow): Promise<void> {
  const { said, files } = await configOf(tx, row)
  const initial = promptIn(files, said.initial_prompt, said.initial_prompt_file)
  const idle = promptIn(files, said.idle_prompt, said.idle_prompt_file)
  const isDue = initial !== undefined && (row.initialPromptSession ?? -1) < row.sessionGeneration
  const idleEveryS = idle === undefined ? null : (said.idle_interval_seconds ?? IDLE_SECONDS)
  if (!isDue && idleEveryS === row.idleEveryS) return
  await tx
    .updateTable('workspaces')
    .set({
      idleEveryS,
      ...(isDue ? { initialPromptSession: row.sessionGeneration } : {}),
    })
    .where('id', '=', row.id)
    .execute()
  if (isDue) await askItself(tx, row, { prompt: initial, by: 'initial-prompt' })
}

/**
 * Asks a workspace with nothing to do what its configuration says for that case; nothing when it has work, or had some a moment ago. The caller holds its
 * row.
 */
export async function askWhenIdle(
  tx: Tx,
  row: WorkspaceRow,
  watchedSince: number,
): Promise<boolean> {
  const now = await dbNow(tx)
  if (!isIdleFor(row, { now, watchedSince })) return false
  if (((await openTaskCounts(tx, [row.id])).get(row.id) ?? 0) > 0) return false
  const { said, files } = await configOf(tx, row)
  const prompt = promptIn(files, said.idle_prompt, said.idle_prompt_file)
  if (prompt === undefined) return false
  await tx.updateTable('workspaces').set({ idlePromptedAt: now }).where('id', '=', row.id).execute()
  await askItself(tx, row, { prompt, by: 'idle-prompt' })
  return true
}

/** Counted from its last work, its start and the prompt before. */
export function isIdleFor(
  row: WorkspaceRow,
  { now, watchedSince }: { now: number; watchedSince: number },
): boolean {
  const { idleEveryS, lastActivityAt, provisionStartedAt, idlePromptedAt } = row
  if (idleEveryS === null) return false
  const since = [lastActivityAt, provisionStartedAt, idlePromptedAt, watchedSince]
  return now - Math.max(...since.map((at) => at ?? 0)) >= idleEveryS * 1000
}

/** Every version was read before it was saved. */
async function configOf(
  tx: Tx,
  row: WorkspaceRow,
): Promise<{ said: ConfigYaml; files: ConfigFileMap }> {
  const { files } = await currentConfig(tx, row)
  return { said: readConfig(files.get(CONFIG_FILE) ?? '').said, files }
}

function promptIn(
  files: ConfigFileMap,
  text: string | undefined,
  path: string | undefined,
): string | undefined {
  const prompt = text?.trim() || (path === undefined ? '' : files.get(path)?.trim())
  return prompt || undefined
}

const askItself = (
  tx: Tx,
  row: WorkspaceRow,
  { prompt, by }: { prompt: string; by: 'initial-prompt' | 'idle-prompt' },
) =>
  createTaskIn(tx, scopeOf({ kind: 'system', orgId: row.orgId }), {
    caller: { kind: 'system', id: by },
    calleeId: row.id,
    text: prompt,
    // What it is asked so goes on in one thread, apart from that of people.
    contextId: `${by}:${row.id}`,
  })
