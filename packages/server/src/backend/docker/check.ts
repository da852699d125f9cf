import { z } from 'zod'
import type { BackendCheck } from '../backend.ts'
import type { Engine } from './engine.ts'
import { findImage } from './image.ts'

const Version = z.object({ Version: z.string() })

/** Whether the engine answers, and which images the first start would have to pull. */
export async function checkDocker(
  engine: Engine,
  images: readonly string[],
  signal: AbortSignal,
): Promise<BackendCheck> {
  try {
    const { Version: version } = Version.parse(
      await engine.json({ method: 'GET', path: ['version'] }, signal),
    )
    const missing: string[] = []
    for (const image of new Set(images))
      if (!(await findImage(engine, image, signal))) missing.push(image)
    const rest =
      missing.length === 0
        ? ''
        : `; not here yet: ${missing.join(', ')} (make it with npm run image)`
    return { ok: true, detail: `Docker Engine ${version} answers at ${engine.socketPath}${rest}` }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}
