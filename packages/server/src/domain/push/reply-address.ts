import type { CreateTask } from '@molecule/contract/task'
import type { TaskRow } from '../../db/tables.ts'
import type { Vault } from '../secret/data-key.ts'
import { pushConfigs, savePushConfig } from './push-config.ts'

const ID = 'reply'

/** Where the answer is to be sent. A request that is repeated finds what it has stored, or stores it now. */
export async function keepReplyAddress(
  vault: Vault,
  { task, replay }: { task: TaskRow; replay: boolean },
  { url, token = '' }: NonNullable<CreateTask['reply_to']>,
): Promise<void> {
  const isKept = replay && (await pushConfigs(vault.db, task.id)).some(({ id }) => id === ID)
  if (isKept) return
  const config = { id: ID, url, token, scheme: '', credentials: '', protocol: '1.0' as const }
  // Of a task that may have ended meanwhile nothing counts as told.
  await savePushConfig(vault, replay ? { ...task, rev: 0 } : task, config)
}
