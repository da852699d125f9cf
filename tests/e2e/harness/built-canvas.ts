import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { programPaths } from './program-paths.ts'

const canvas = join(programPaths.root, 'packages/canvas')
const parts = ['src', 'index.html', 'vite.config.ts', '../contract/src', '../sdk/src']

/** Builds the page unless it is newer than all it is made of. */
export async function builtCanvas(): Promise<void> {
  const built = newest(join(canvas, 'dist'))
  if (built > Math.max(...parts.map((part) => newest(join(canvas, part))))) return
  const vite = join(programPaths.root, 'node_modules/vite/bin/vite.js')
  const args = [vite, 'build', '--emptyOutDir', '--logLevel=warn']
  await promisify(execFile)(programPaths.node, args, { cwd: canvas })
}

/** When the newest file below a path was written; 0 without any. */
function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}
