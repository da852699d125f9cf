import { isUnlinked, linkNode } from './own-node.mjs'
import { fingerprint, readStamp } from './stamp.mjs'

/**
 * @typedef {'run' | 'all'} Level What is installed: enough to run, or the tools of development as well.
 * @typedef {{ work: () => Promise<void> }} Step
 */

const installed = 'node_modules/.molecule-installed'
const built = 'packages/canvas/dist/.built-from'
const packed = 'packages/cli/dist/.built-from'
const warmed = '.cache/warmed'

const wire = ['packages/contract/src', 'packages/sdk/src']
const programs = ['packages/server/src', 'packages/agent/src', 'packages/cli', ...wire]

/** In order, and empty on a checkout that is ready. @param {Level} wanted @returns {Step[]} */
export function stepsToDo(wanted) {
  const lock = fingerprint(['package-lock.json'])
  const canvas = fingerprint(['packages/canvas', 'package-lock.json', ...wire])
  const pack = fingerprint([
    ...['packages/cli', 'packages/agent/src', 'package-lock.json', 'package.json'],
    ...wire,
  ])
  const warm = fingerprint(['package-lock.json', ...programs])
  const [hadLock, hadLevel] = readStamp(installed).split(' ')
  const level = hadLevel === 'all' ? 'all' : wanted

  /** @type {Step[]} */
  const steps = []
  if (hadLock !== lock || hadLevel !== level) {
    const fresh = hadLock === ''
    const stamp = `${lock} ${level}`
    steps.push({ work: async () => (await install()).install({ fresh, level, installed, stamp }) })
  }
  if (isUnlinked()) steps.push({ work: linkNode })
  if (readStamp(built) !== canvas) {
    steps.push({ work: async () => (await build()).buildCanvas(built, canvas) })
  }
  if (readStamp(packed) !== pack) {
    steps.push({ work: async () => (await packing()).packCli(packed, pack) })
  }
  if (readStamp(warmed) !== warm) {
    steps.push({ work: async () => (await warming()).warmCompileCache(warmed, warm) })
  }
  return steps
}

const install = () => import('./install.mjs')
const build = () => import('./build-canvas.mjs')
const packing = () => import('./pack-cli.mjs')
const warming = () => import('./warm-compile-cache.mjs')
