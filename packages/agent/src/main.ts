import { join } from 'node:path'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import packageJson from '../package.json' with { type: 'json' }
import { systemClock } from './clock.ts'
import { hostEnv } from './env.ts'
import { runHost } from './host.ts'
import { hostLog } from './log.ts'

const [, , hostDir] = process.argv
if (!hostDir) {
  process.stderr.write('usage: main.ts <host folder>\n')
  process.exit(2)
}

const stop = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort())

const log = hostLog(join(hostDir, 'host.log'))
const settings = {
  hostDir,
  env: hostEnv(),
  clock: systemClock,
  log,
  random: Math.random,
  fetch: nodeFetch(),
  pid: process.pid,
  version: packageJson.version,
}

try {
  const end = await runHost(settings, stop.signal)
  log('info', 'the host ends', { end })
  process.exit(0)
} catch (error) {
  log('error', 'the host fails', { error: error instanceof Error ? error.stack : error })
  process.exit(1)
}
