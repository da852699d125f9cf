import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { inRoot } from './paths.mjs'

/** Of what the files hold, so that a checkout or a touch changes nothing. @param {string[]} paths */
export function fingerprint(paths) {
  const hash = createHash('sha1')
  for (const path of paths.flatMap(filesIn).sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(inRoot(path)))
      .update('\0')
  }
  return hash.digest('hex')
}

const isBuilt = /(^|\/)(node_modules|dist|data)$|\.test\.tsx?$/

/** @param {string} path @returns {string[]} */
function filesIn(path) {
  if (isBuilt.test(path)) return []
  try {
    return readdirSync(inRoot(path)).flatMap((name) => filesIn(`${path}/${name}`))
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOTDIR') return [path]
    if (code === 'ENOENT') return []
    throw error
  }
}

/** @param {unknown} error */
export const errorCode = (error) =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined

/** @param {string} path */
export function readStamp(path) {
  try {
    return readFileSync(inRoot(path), 'utf8')
  } catch {
    return ''
  }
}

/** @param {string} path @param {string} stamp */
export function writeStamp(path, stamp) {
  mkdirSync(dirname(inRoot(path)), { recursive: true })
  writeFileSync(inRoot(path), stamp)
}
