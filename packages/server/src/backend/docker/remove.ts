import { setTimeout as sleep } from 'node:timers/promises'
import { StopUnproven, type WorkloadRef } from '../backend.ts'
import { type Container, findContainer } from './container.ts'
import { type Engine, type EngineCall, EngineError, isStatus } from './engine.ts'
import { containersLabelled, isAlive } from './list.ts'
import { volumeName, workspaceLabels } from './names.ts'

const pollMs = 50
/** After the grace and KILL; a container that is there then can not be removed by us. */
const removeForMs = 10_000

/** Ends and removes the container, and resolves when the engine says that there is none. */
export async function removeContainer(
  engine: Engine,
  ref: WorkloadRef,
  { graceMs }: { graceMs: number },
  signal: AbortSignal,
) {
  const found = await proven(() => findContainer(engine, ref, signal), signal)
  if (!found) return
  await proven(() => end(engine, found, graceMs, signal), signal)
  const giveUpAt = performance.now() + removeForMs
  while (await proven(() => findContainer(engine, ref, signal), signal)) {
    if (performance.now() > giveUpAt)
      throw new StopUnproven(`container ${found.Id.slice(0, 12)} is still there after its removal`)
    await sleep(pollMs, undefined, { signal })
  }
}

async function end(engine: Engine, { Id }: Container, graceMs: number, signal: AbortSignal) {
  const t = String(Math.ceil(graceMs / 1000))
  await callUnlessGone(
    engine,
    { method: 'POST', path: ['containers', Id, 'stop'], query: { t } },
    signal,
  )
  const query = { force: 'true', v: 'true' }
  await callUnlessGone(engine, { method: 'DELETE', path: ['containers', Id], query }, signal)
}

/** 404: somebody else has removed it. 409: somebody else is removing it, which is looked for afterwards. */
async function callUnlessGone(engine: Engine, call: EngineCall, signal: AbortSignal) {
  try {
    await engine.call(call, signal)
  } catch (error) {
    if (!isStatus(error, 404, 409)) throw error
  }
}

/** An engine that does not answer has proven nothing. */
async function proven<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (signal.aborted || !(error instanceof EngineError)) throw error
    throw new StopUnproven(error.message, { cause: error })
  }
}

/** Removes what is left of a workspace's containers, and its volume, and looks that they are gone. */
export async function purgeWorkspace(engine: Engine, ref: WorkloadRef, signal: AbortSignal) {
  const left = await proven(() => containersLabelled(engine, workspaceLabels(ref), signal), signal)
  if (left.some(isAlive))
    throw new StopUnproven(`workspace ${ref.workspaceId} still has a container that runs`)
  for (const { Id } of left) {
    const query = { v: 'true' }
    await callUnlessGone(engine, { method: 'DELETE', path: ['containers', Id], query }, signal)
  }
  const path = ['volumes', volumeName(ref)]
  await callUnlessGone(engine, { method: 'DELETE', path }, signal)
  if (await isThere(engine, path, signal))
    throw new StopUnproven(`volume ${volumeName(ref)} is still in use`)
}

async function isThere(engine: Engine, path: readonly string[], signal: AbortSignal) {
  try {
    await engine.call({ method: 'GET', path }, signal)
    return true
  } catch (error) {
    if (isStatus(error, 404)) return false
    throw error
  }
}
