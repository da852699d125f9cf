import { z } from 'zod'
import { type Engine, isStatus } from './engine.ts'

export type Images = {
  /** For a runtime that has none of its own. */
  readonly any: string
  readonly byRuntime: Readonly<Record<string, string>>
}

export const imageFor = ({ any, byRuntime }: Images, runtime: string) => byRuntime[runtime] ?? any

const Image = z.object({ Id: z.string() })

/** What the engine has under a name, by its digest; nothing when it has no such image. */
export async function findImage(engine: Engine, name: string, signal: AbortSignal) {
  try {
    const path = ['images', name, 'json']
    return Image.parse(await engine.json({ method: 'GET', path }, signal)).Id
  } catch (error) {
    if (isStatus(error, 404)) return undefined
    throw error
  }
}

/** Pulls what is not there. All who want the same image wait for one pull, which goes on when they give up. */
export function imagePuller(engine: Engine, limitMs: number) {
  const underWay = new Map<string, Promise<void>>()
  return async (name: string, signal: AbortSignal): Promise<void> => {
    if (await findImage(engine, name, signal)) return
    const pull =
      underWay.get(name) ??
      pullImage(engine, name, AbortSignal.timeout(limitMs)).finally(() => underWay.delete(name))
    underWay.set(name, pull)
    pull.catch(() => {})
    await Promise.race([pull, aborted(signal, `image ${name} is still being pulled`)])
  }
}

async function pullImage(engine: Engine, name: string, signal: AbortSignal) {
  const query = { fromImage: hasVersion(name) ? name : `${name}:latest` }
  const told = await engine
    .call({ method: 'POST', path: ['images', 'create'], query }, signal)
    .catch((error) => Promise.reject(noImage(name, error)))
  // A pull that fails half-way has answered 200 by then, and says so in its last line.
  const last = told.toString('utf8').trim().split('\n').at(-1) ?? ''
  if (last.includes('"error"')) throw noImage(name, new Error(last.slice(0, 500)))
}

const hasVersion = (name: string) => /[:@][^/]+$/.test(name)

const noImage = (name: string, cause: Error) =>
  new Error(
    `Docker has no image ${name}, and it could not be pulled: ${cause.message}. ` +
      'Make one from this checkout with `npm run image`, or name another with MOLECULE_DOCKER_IMAGE.',
    { cause },
  )

const aborted = (signal: AbortSignal, message: string) =>
  new Promise<never>((_, reject) => {
    const abort = () => reject(new Error(message, { cause: signal.reason }))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
  })
