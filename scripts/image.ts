import { parseArgs } from 'node:util'
import { dockerEngine } from '../packages/server/src/backend/docker/engine.ts'
import { loadConfig } from '../packages/server/src/config.ts'
import { buildImage } from './image/build-image.ts'

/** Makes the image that the docker backend starts: `npm run image -- [--tag name:tag] [--base image]`. */
const buildLimitMs = 10 * 60_000

try {
  const { docker } = loadConfig({ ...process.env, MOLECULE_BACKENDS: 'docker' })
  const { values } = parseArgs({
    options: { tag: { type: 'string' }, base: { type: 'string' } },
  })
  const tag = values.tag ?? docker.images.any
  const signal = AbortSignal.timeout(buildLimitMs)
  const engine = dockerEngine(docker.socketPath)
  const digest = await buildImage(engine, { tag, base: values.base }, signal)
  console.log(`Made ${tag}, ${digest}.`)
} catch (error) {
  console.error(`The image was not made. ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
