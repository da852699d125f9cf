import process from 'node:process'
import { parseArgs } from 'node:util'
import { startDocker } from '../../packages/server/src/testing/docker.ts'
import { type ChaosReport, chaosRun } from './harness/chaos/chaos-run.ts'
import { chaosOnDocker } from './harness/chaos/on-docker.ts'
import { newInstallation } from './harness/installation.ts'

const usage = `Usage: npm run chaos -- [--seed N] [--workspaces N] [--seconds N] [--patience SECONDS] [--backend process|docker]
Creates, asks, stops, wakes and removes workspaces at random while servers, agent hosts and programs are killed; then
checks that everything is as it was wished last, and that nothing is left over. A seed repeats what is done. With docker
the engine of the run, which it starts itself, is killed too.`

const say = (line: string) => process.stdout.write(`${line}\n`)

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    workspaces: { type: 'string', default: '30' },
    seconds: { type: 'string', default: '120' },
    patience: { type: 'string', default: '180' },
    backend: { type: 'string', default: 'process' },
    help: { type: 'boolean', default: false },
  },
})

const wordsFor = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'none'

async function chaos(): Promise<boolean> {
  const isOnDocker = values.backend === 'docker'
  const size = {
    seed: Number(values.seed),
    workspaces: Number(values.workspaces),
    seconds: Number(values.seconds),
    hasDaemon: isOnDocker,
  }
  say(`seed ${size.seed}: ${size.workspaces} workspaces, ${size.seconds} s, on ${values.backend}`)
  const installation = await newInstallation()
  const docker = isOnDocker ? await startDocker() : undefined
  try {
    const options = { ...size, patienceMs: Number(values.patience) * 1000, say }
    const report = await (docker
      ? chaosOnDocker(installation, docker, options)
      : chaosRun(installation, options))
    tell(report)
    say(`seed ${size.seed}: ${report.problems.length} violations`)
    return report.problems.length === 0
  } finally {
    await installation.end()
    await docker?.stop()
  }
}

function tell(report: ChaosReport): void {
  say(`acts: ${wordsFor(report.acts)}`)
  say(`killed: ${wordsFor(report.kills)}`)
  say(`refused: ${wordsFor(report.refused)}`)
  say(`wished in the end: ${wordsFor(report.wished)}`)
  say(`tasks accepted: ${report.tasks}`)
  for (const problem of report.problems) say(`VIOLATION ${problem}`)
}

if (values.help) say(usage)
else process.exitCode = (await chaos()) ? 0 : 1
