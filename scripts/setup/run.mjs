import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { inRoot, root } from './paths.mjs'

const keptBytes = 64 * 1024

/**
 * Runs a program to its end and keeps the end of what it printed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, timeoutMs?: number }} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export const run = (command, args, { env = ownEnv, cwd = root, timeoutMs = 0 } = {}) =>
  new Promise((resolve) => {
    let output = ''
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk).slice(-keptBytes)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => resolve({ ok: false, output: String(error) }))
    child.once('close', (code) => resolve({ ok: code === 0, output }))
  })

const own = inRoot('node_modules/.bin')
const pathOfTheMachine = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== own)

/** npm replaces our own Node while it installs, so it runs on the machine's. */
export const machineEnv = { ...process.env, PATH: pathOfTheMachine.join(delimiter) }

/** Everything else runs on our own. */
export const ownEnv = { ...process.env, PATH: [own, ...pathOfTheMachine].join(delimiter) }
