import { createHmac } from 'node:crypto'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db } from '../db/tables.ts'
import { openPushSecret, type PushSecret } from '../domain/push/push-config.ts'
import {
  type DuePush,
  forgetPushes,
  leasePushes,
  pushCutOff,
  pushDelivered,
  pushFailed,
} from '../domain/push/push-queue.ts'
import type { SecretCipher } from '../domain/secret/secret-cipher.ts'
import type { OutboundGuard } from '../lib/outbound/outbound-guard.ts'
import { redact } from '../lib/redact.ts'
import type { Controller, Log } from './supervise.ts'

type Options = {
  db: Db
  log: Log
  cipher: SecretCipher
  outbound: OutboundGuard
  /** What is told of a task, as JSON in the form of the version. */
  render: (taskId: DuePush['taskId'], protocol: DuePush['protocol']) => Promise<string>
}

const EVERY_MS = 5000
const FORGET_EVERY_MS = 10 * 60_000
const AT_ONCE = 20
const PATIENCE_MS = 10_000

/** Tells receivers of the tasks they want to hear of, at least once each state, through the outbound guard. */
export function pushSender(options: Options): Controller {
  const { db } = options
  let forgottenAt = 0
  return {
    name: 'push',
    everyMs: EVERY_MS,
    async round(signal) {
      for (let isMore = true; isMore && !signal.aborted; ) {
        const due = await leasePushes(db, AT_ONCE)
        isMore = due.length === AT_ONCE
        await Promise.all(due.map((each) => tell(options, each, signal)))
      }
      const now = await dbNow(db)
      if (now - forgottenAt < FORGET_EVERY_MS) return
      forgottenAt = now
      await forgetPushes(db)
    },
  }
}

async function tell(options: Options, due: DuePush, signal: AbortSignal): Promise<void> {
  const { db, log } = options
  try {
    const { status } = await send(options, due, signal)
    if (status >= 300) throw new Error(`the receiver answered ${status}`)
  } catch (error) {
    // The next server need not wait for the end of the lease.
    if (signal.aborted) return pushCutOff(db, due)
    const why = redact(error instanceof Error ? error.message : String(error))
    const { isGivenUp } = await pushFailed(db, due, why)
    if (isGivenUp) log.error({ task: due.taskId, why }, 'a push was given up')
    else log.warn({ task: due.taskId, why }, 'a push failed and is tried again')
    return
  }
  await pushDelivered(db, due)
}

async function send({ db, cipher, outbound, render }: Options, due: DuePush, signal: AbortSignal) {
  const body = await render(due.taskId, due.protocol)
  const secret = await openPushSecret({ db, cipher }, due)
  return outbound.fetch(due.url, {
    method: 'POST',
    body,
    signal,
    timeoutMs: PATIENCE_MS,
    headers: {
      'content-type': due.protocol === '1.0' ? 'application/a2a+json' : 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...proofOf(secret, body),
    },
  })
}

/** By which the receiver knows us: what it gave us, and a signature that only who has its token can make. */
function proofOf({ token, scheme, credentials }: PushSecret, body: string): Record<string, string> {
  return {
    ...(credentials === '' ? {} : { authorization: `${scheme || 'Bearer'} ${credentials}` }),
    ...(token === ''
      ? {}
      : {
          'x-a2a-notification-token': token,
          'x-molecule-signature': `sha256=${createHmac('sha256', token).update(body).digest('hex')}`,
        }),
  }
}
