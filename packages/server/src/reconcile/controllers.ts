import type { Database } from '../db/handle.ts'
import type { Wakes } from '../db/notify.ts'
import { publish } from '../db/publish.ts'
import { CHAT_FILES } from '../domain/chat-file/chat-file-store.ts'
import type { ChatFolder } from '../domain/chat-file/chat-folder.ts'
import type { Heartbeats } from '../domain/host/heartbeats.ts'
import type { LastUse } from '../domain/identity/last-use.ts'
import type { Vault } from '../domain/secret/data-key.ts'
import type { Clock } from '../lib/clock.ts'
import { activityRetention } from './activity-retention.ts'
import { agentDialer } from './agent-dialer.ts'
import { chatFileSweeper } from './chat-file-sweeper.ts'
import { dataKeys } from './data-keys.ts'
import { eventRetention } from './event-retention.ts'
import { idleHibernation } from './idle-hibernation.ts'
import { idlePrompts } from './idle-prompts.ts'
import { orphanSweeper } from './orphan-sweeper.ts'
import { pushSender } from './push-sender.ts'
import { rollingRestart } from './rolling-restart.ts'
import { scheduler } from './scheduler.ts'
import { type Controller, type Log, type Supervised, supervise } from './supervise.ts'
import { taskSweeper } from './task-sweeper.ts'
import { usageSampler } from './usage-sampler.ts'
import { workspaceController } from './workspace-controller.ts'

type Options = {
  database: Database
  wakes: Wakes
  /** Hands stamped events to watchers. */
  feed: {
    pump(): Promise<void>
    heartbeats(beat: Awaited<ReturnType<Heartbeats['flush']>>): Promise<void>
  }
  heartbeats: Heartbeats
  lastUse: LastUse
  clock: Clock
  log: Log
  signal: AbortSignal
  sweeper: { everyMs: number; stuckAfterMs: number }
  activity: { folder: string; keepMs: number; everyMs: number }
  push: Omit<Parameters<typeof pushSender>[0], 'db' | 'log'>
  eventKeepMs: number
  agentOf: Parameters<typeof agentDialer>[0]['agentOf']
  workspaces: Omit<Parameters<typeof workspaceController>[0], 'db' | 'log'>
  secrets: { vault: Vault; orgId: string }
  chatFolder: ChatFolder
}

const HEARTBEAT_MS = 1000
const LAST_USE_MS = 1000
const PUBLISH_MS = 250

/** Starts every controller; each also looks by itself, so a lost wake-up costs only time. */
export function startControllers(options: Options) {
  const { database, wakes, feed, heartbeats, lastUse, log, sweeper, clock, signal } = options
  const { db } = database
  const orphans = orphanSweeper({ ...options.workspaces, db, log })
  const controllers: { controller: Controller; wokenBy?: string }[] = [
    {
      controller: {
        name: 'feed',
        everyMs: PUBLISH_MS,
        async round() {
          await publish(database)
          await feed.pump()
          wakes.notify(['stamped'])
        },
      },
      wokenBy: 'feed',
    },
    { controller: workspaceController({ ...options.workspaces, db, log }), wokenBy: 'workspaces' },
    {
      controller: {
        name: 'heartbeats',
        everyMs: HEARTBEAT_MS,
        round: async () => feed.heartbeats(await heartbeats.flush()),
      },
    },
    { controller: { name: 'last-use', everyMs: LAST_USE_MS, round: () => lastUse.flush() } },
    { controller: taskSweeper({ db, log, ...sweeper }) },
    { controller: activityRetention({ db, log, ...options.activity }) },
    {
      controller: eventRetention({
        db,
        log,
        keepMs: options.eventKeepMs,
        everyMs: options.activity.everyMs,
      }),
    },
    { controller: pushSender({ ...options.push, db, log }), wokenBy: 'stamped' },
    {
      controller: agentDialer({ db, log, clock, heartbeats, agentOf: options.agentOf }),
      wokenBy: 'stamped',
    },
    { controller: scheduler({ db, log }) },
    { controller: chatFileSweeper({ ...options, db }), wokenBy: CHAT_FILES },
    { controller: rollingRestart({ db }), wokenBy: 'rolling-restart' },
    { controller: dataKeys({ ...options.secrets, log }) },
    { controller: idleHibernation({ db, log }) },
    { controller: idlePrompts({ db, log }) },
    { controller: orphans },
    { controller: usageSampler({ ...options.workspaces, db, log }) },
  ]
  const running: Supervised[] = []
  const unsubscribe: (() => void)[] = []
  return {
    list: running as readonly Supervised[],
    /** Why the orphan sweep stops nothing at present. */
    brake: orphans.brake,
    /** Not before the server listens: the first start needs its address. */
    begin() {
      for (const { controller, wokenBy } of controllers) {
        const supervised = supervise(controller, { clock, log, signal })
        running.push(supervised)
        if (wokenBy) unsubscribe.push(wakes.subscribe(wokenBy, supervised.wake))
      }
    },
    async done() {
      for (const each of unsubscribe) each()
      await Promise.all(running.map((each) => each.done))
    },
  }
}
