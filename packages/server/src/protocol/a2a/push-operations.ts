import type { TaskPushNotificationConfig } from '@a2a-js/sdk'
import type { A2ARequestHandler } from '@a2a-js/sdk/server'
import type { PushConfigRow, TaskRow } from '../../db/tables.ts'
import {
  openPushSecret,
  pushConfigs,
  removePushConfig,
  savePushConfig,
} from '../../domain/push/push-config.ts'
import { checkOutboundUrl } from '../../http/outbound-url.ts'
import type { Call } from './call.ts'
import { malformed, taskNotFound, told } from './errors.ts'

type Operations = Pick<
  A2ARequestHandler,
  | 'createTaskPushNotificationConfig'
  | 'getTaskPushNotificationConfig'
  | 'listTaskPushNotificationConfigs'
  | 'deleteTaskPushNotificationConfig'
>
type FindTask = (call: Call, id: string) => Promise<TaskRow>

const MAX_CHARS = 2000

/** Who wants to be told of a task. Only who may see the task may say or read it. */
export function pushOperations(call: Call, find: FindTask): Operations {
  const { db, cipher } = call.services
  const view = (row: PushConfigRow) => toA2a({ db, cipher }, row)
  return {
    createTaskPushNotificationConfig: told(async (config) => {
      const task = await find(call, config.taskId)
      return save(call, task, config)
    }),
    getTaskPushNotificationConfig: told(async ({ taskId, id }) => {
      const task = await find(call, taskId)
      const row = (await pushConfigs(db, task.id)).find((each) => each.id === id)
      if (!row) throw taskNotFound(`${taskId} with the push configuration ${id}`)
      return view(row)
    }),
    listTaskPushNotificationConfigs: told(async ({ taskId }) => {
      const task = await find(call, taskId)
      const configs = await Promise.all((await pushConfigs(db, task.id)).map(view))
      return { configs, nextPageToken: '' }
    }),
    deleteTaskPushNotificationConfig: told(async ({ taskId, id }) => {
      const task = await find(call, taskId)
      await removePushConfig(db, task.id, id)
    }),
  }
}

/** The configuration that came with a message, if one did. */
export async function saveAskedPush(
  call: Call,
  task: TaskRow,
  config: TaskPushNotificationConfig | undefined,
): Promise<void> {
  if (config) await save(call, task, config)
}

async function save(
  { services, version }: Call,
  task: TaskRow,
  config: TaskPushNotificationConfig,
): Promise<TaskPushNotificationConfig> {
  const { url, token, authentication } = config
  const { scheme = '', credentials = '' } = authentication ?? {}
  if (url === '') throw malformed('The push configuration has no url.')
  if ([url, token, credentials, scheme, config.id].some((text) => text.length > MAX_CHARS))
    throw malformed(`A text of a push configuration has at most ${MAX_CHARS} characters.`)
  await checkOutboundUrl(services, url)
  const id = config.id === '' ? crypto.randomUUID() : config.id
  await savePushConfig(services, task, { id, url, token, scheme, credentials, protocol: version })
  return { ...config, id, taskId: task.id }
}

async function toA2a(
  vault: Parameters<typeof openPushSecret>[0],
  row: PushConfigRow,
): Promise<TaskPushNotificationConfig> {
  const { token, scheme, credentials } = await openPushSecret(vault, row)
  return {
    tenant: '',
    id: row.id,
    taskId: row.taskId,
    url: row.url,
    token,
    authentication: scheme === '' && credentials === '' ? undefined : { scheme, credentials },
  }
}
