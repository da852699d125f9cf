import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestDocker, testImage } from '../../../../packages/server/src/testing/docker.ts'
import type { Installation } from '../installation.ts'
import { type MarkedProcess, startTimeOf } from '../marked-processes.ts'
import { testProgram } from '../program-paths.ts'
import { type ChaosOptions, type ChaosReport, chaosRun } from './chaos-run.ts'
import type { Grounds } from './perform.ts'

const programs = ['noted.sh', 'worker.sh']

/** Chaos among agents in containers, whose engine dies now and then. */
export async function chaosOnDocker(
  installation: Installation,
  docker: TestDocker,
  options: ChaosOptions,
): Promise<ChaosReport> {
  return chaosRun(inContainers(installation, docker), {
    ...options,
    hasDaemon: true,
    grounds: await groundsOnDocker(installation, docker),
    server: {
      env: {
        MOLECULE_BACKENDS: 'docker',
        DOCKER_HOST: `unix://${docker.engine.socketPath}`,
        MOLECULE_DOCKER_IMAGE: testImage,
      },
    },
  })
}

/** What agents in containers find of a test: a folder of this machine that any user may write. */
async function groundsOnDocker({ folder }: Installation, docker: TestDocker): Promise<Grounds> {
  const shared = join(folder, 'shared')
  await mkdir(shared)
  await chmod(shared, 0o777)
  await chmod(folder, 0o755)
  for (const name of programs) await copyFile(testProgram(name), join(shared, name))
  return {
    program: (name) => join(shared, name),
    starts: join(shared, 'starts'),
    workspaceDir: shared,
    killDaemon: () => docker.killAndStart(),
  }
}

/** The same installation, whose agents are looked for in containers. */
const inContainers = (installation: Installation, docker: TestDocker): Installation => ({
  ...installation,
  processes: async () => [...(await installation.processes()), ...containersOf(docker)],
})

type Inspected = {
  State: { Pid: number; Running: boolean }
  Config: { Labels: Record<string, string> }
  Name: string
}

/** While the engine is away nothing can be said of them. */
function containersOf({ engine }: TestDocker): MarkedProcess[] {
  const ids = typed(engine, 'ps', '-q', '--no-trunc').split('\n').filter(Boolean)
  if (ids.length === 0) return []
  const inspected = JSON.parse(typed(engine, 'inspect', ...ids) || '[]') as Inspected[]
  return inspected.flatMap(({ State, Config, Name }) => {
    const startTime = State.Running ? startTimeOf(State.Pid) : undefined
    if (startTime === undefined) return []
    return {
      pid: State.Pid,
      startTime,
      kind: 'host' as const,
      workspaceId: Config.Labels['molecule.workspace'] ?? '',
      incarnation: Number(Config.Labels['molecule.incarnation']),
      taskId: undefined,
      attempt: undefined,
      command: Name,
    }
  })
}

function typed(engine: TestDocker['engine'], ...args: string[]): string {
  const host = ['-H', `unix://${engine.socketPath}`]
  const { stdout } = spawnSync('docker', [...host, ...args], { encoding: 'utf8' })
  return stdout.trim()
}
