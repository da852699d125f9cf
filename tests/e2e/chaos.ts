import process from 'node:process'
import { parseArgs } from 'node:util'
import { chaosRun } from './harness/chaos/chaos-run.ts'
import { newInstallation } from './harness/installation.ts'

const usage = `Usage: npm run chaos -- [--seed N] [--workspaces N] [--seconds N] [--patience SECONDS]
Creates, asks, stops, wakes and removes workspaces at random while servers, agent hosts and programs are killed; then
checks that everything is as it was wished last, and that nothing is left over. A seed repeats what is done.`

const say = (line: string) => process.stdout.write(`${line}\n`)

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    workspaces: { type: 'string', default: '30' },
    seconds: { type: 'string', default: '120' },
    patience: { type: 'string', default: '180' },
    help: { type: 'boolean', default: false },
  },
})

const wordsFor = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'none'

async function chaos(): Promise<boolean> {
  const size = {
    seed: Number(values.seed),
    workspaces: Number(values.workspaces),
    seconds: Number(values.seconds),
  }
  say(`seed ${size.seed}: ${size.workspaces} workspaces, ${size.seconds} s; docker: not run`)
  const installation = await newInstallation()
  try {
    const patienceMs = Number(values.patience) * 1000
    const report = await chaosRun(installation, { ...size, patienceMs, say })
    say(`acts: ${wordsFor(report.acts)}`)
    say(`killed: ${wordsFor(report.kills)}`)
    say(`refused: ${wordsFor(report.refused)}`)
    say(`wished in the end: ${wordsFor(report.wished)}`)
    say(`tasks accepted: ${report.tasks}`)
    for (const problem of report.problems) say(`VIOLATION ${problem}`)
    say(`seed ${size.seed}: ${report.problems.length} violations`)
    return report.problems.length === 0
  } finally {
    await installation.end()
  }
}

if (values.help) say(usage)
else process.exitCode = (await chaos()) ? 0 : 1
