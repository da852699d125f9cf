import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { type Context, Hono } from 'hono'
import type { AppEnv } from './context.ts'

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

const YEAR_S = 31_536_000
const pages = ['/', '/login', '/canvas', '/canvas/*']

/** The canvas: hashed assets for a year, the page itself never cached; a missing asset is a 404, not the page. */
export function staticRoutes(folder: string) {
  const page = async (c: Context) => {
    const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined)
    return html === undefined
      ? c.text('The canvas is not built. Run `npm run build` and load this page again.\n', 503)
      : c.html(html, 200, { 'cache-control': 'no-store' })
  }
  const app = new Hono<AppEnv>()
  for (const path of pages) app.get(path, page)
  return app.get('/assets/*', async (c, next) => {
    const file = normalize(join(folder, c.req.path))
    if (!file.startsWith(folder + sep)) return next()
    const bytes = await readFile(file).catch(() => undefined)
    if (!bytes) return next()
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'cache-control': `public, max-age=${YEAR_S}, immutable`,
    })
  })
}
