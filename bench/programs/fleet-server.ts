import { mkdirSync } from 'node:fs'
import process from 'node:process'
import {
  type Backend,
  type BackendHandle,
  handleFor,
} from '../../packages/server/src/backend/backend.ts'
import { type StartOptions, startServer } from '../../packages/server/src/boot/start-server.ts'
import { readConfig } from '../../packages/server/src/config.ts'

/*
 * The server as it is, but for its backend: instead of starting an agent host it prints what it would hand to it, so
 * that many agents can live in the process that reads this.
 */
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

function printingBackend(): Backend {
  const running = new Set<string>()
  const keyOf = ({
    workspaceId,
    incarnation,
  }: Pick<BackendHandle, 'workspaceId' | 'incarnation'>) => `${workspaceId}/${incarnation}`
  return {
    id: 'process',
    capabilities: {
      localToNode: true,
      logs: false,
      volumes: false,
      images: false,
      resourceLimits: false,
    },
    async start(spec) {
      const { workspaceId, incarnation, boot } = spec
      running.add(keyOf(spec))
      say({ start: { workspaceId, incarnation, ...boot } })
      return handleFor('process', spec)
    },
    stop: async (handle) => void running.delete(keyOf(handle)),
    inspect: async (handle) => (running.has(keyOf(handle)) ? 'running' : 'absent'),
    async *list() {},
  }
}

const tell = (fields: object, message: string) => console.error(message, fields)
const skip = () => {}
const shown = { fatal: tell, error: tell, warn: tell }
const log = { ...shown, info: skip, debug: skip, trace: skip } as unknown as StartOptions['log']

const config = readConfig()
mkdirSync(config.dataDir, { recursive: true })
const server = await startServer({
  config,
  log,
  version: '0.0.0',
  files: { canvasFolder: config.dataDir, cliPackage: config.dataDir },
  backends: () => [printingBackend()],
  onFatal: () => process.exit(1),
})
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)))
say({ ready: server.url })
