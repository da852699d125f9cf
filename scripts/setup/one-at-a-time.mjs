import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './paths.mjs'
import { SetupProblem } from './problem.mjs'

const patienceMs = 10 * 60_000
const lookEveryMs = 200

/**
 * Two commands in one checkout must not install at once. The lock is an abstract socket: the kernel frees it
 * however its holder ends, so there is no stale lock. Elsewhere than on Linux it does not exist, and nothing waits.
 * @param {() => Promise<void>} work
 * @param {string} [folder]
 */
export async function oneAtATime(work, folder = root) {
  if (process.platform !== 'linux') return work()
  const server = await takeLock(
    `\0molecule-setup-${createHash('sha1').update(folder).digest('hex')}`,
  )
  try {
    await work()
  } finally {
    server.close()
  }
}

/** @param {string} path */
async function takeLock(path) {
  const giveUpAt = Date.now() + patienceMs
  for (let told = false; Date.now() < giveUpAt; told = true) {
    const server = await tryLock(path)
    if (server) return server
    if (!told) process.stdout.write('Another command prepares this checkout; waiting for it.\n')
    await sleep(lookEveryMs)
  }
  throw new SetupProblem('another command has been preparing this checkout for ten minutes.', {
    hint: 'Find it with "ps ax | grep setup.mjs", end it, and run this again.',
  })
}

/** @param {string} path @returns {Promise<import('node:net').Server | undefined>} */
const tryLock = (path) =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) =>
      'code' in error && error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen({ path }, () => resolve(server))
  })
