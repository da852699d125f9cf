import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { Hono } from 'hono'
import { DomainError } from '../domain/error.ts'
import type { AppEnv } from './context.ts'

/** The CLI as an npm package, so that whoever joins needs no registry: `npx -y <url>/install/molecule.tgz`. */
export function installRoutes(file: string) {
  const packed = kept(file)
  return new Hono<AppEnv>().get('/install/molecule.tgz', async (c) => {
    const { bytes, etag } = await packed()
    c.header('etag', etag)
    c.header('cache-control', 'no-cache')
    if (c.req.header('if-none-match') === etag) return c.body(null, 304)
    c.header('content-type', 'application/gzip')
    c.header('content-length', String(bytes.length))
    return c.body(new Uint8Array(bytes))
  })
}

type Packed = { bytes: Buffer; etag: string; madeAt: number }

/** Read once, and again when it was made anew. */
function kept(file: string) {
  let present: Packed | undefined
  return async (): Promise<Packed> => {
    const found = await stat(file).catch(() => undefined)
    if (!found)
      throw new DomainError('unavailable', 'the package of the CLI was not made on this server', {
        hint: 'Run `npm run build` where the server is installed.',
      })
    if (present?.madeAt === found.mtimeMs) return present
    const bytes = await readFile(file)
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32)
    present = { bytes, etag: `"${hash}"`, madeAt: found.mtimeMs }
    return present
  }
}
