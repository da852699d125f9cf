import { calledAgent } from './measure/called-agent.ts'
import { delegations } from './measure/delegations.ts'
import { idleCpu } from './measure/idle-cpu.ts'
import { idleMemory } from './measure/idle-memory.ts'
import { longList } from './measure/long-list.ts'
import { massExit } from './measure/mass-exit.ts'
import { orgTemplate } from './measure/org-template.ts'
import { startToReady } from './measure/start-to-ready.ts'
import { taskRoundTrip } from './measure/task-round-trip.ts'
import { manyWatchers } from './measure/watchers.ts'
import { workspaceOnline } from './measure/workspace-online.ts'
import type { Measurement } from './measurement.ts'

/** All of them, in the order in which they run. */
export const measurements: readonly Measurement[] = [
  startToReady,
  idleMemory,
  workspaceOnline,
  taskRoundTrip,
  delegations,
  idleCpu,
  massExit,
  longList,
  manyWatchers,
  calledAgent,
  orgTemplate,
]
