import { setTimeout as sleep } from 'node:timers/promises'
import type { TemplateFiles } from '@molecule/contract/org'
import type { Client } from '@molecule/sdk'
import { startEcho } from '../floor/echo.ts'
import type { Figure, Measurement } from '../measurement.ts'
import { startServer } from '../product/server.ts'
import { alternate, timed } from '../statistics.ts'

const rounds = 5
const pollMs = 100

/** How long a template takes to be planned, and its workspaces to be online. */
export const orgTemplate: Measurement = {
  name: 'org-template',
  unit: 'ms',
  floor: 'a raw HTTP echo of the same files',
  async run(bench) {
    const { signal, say } = bench
    await using server = await startServer(bench)
    await using echo = await startEcho(signal)
    const { client } = server
    const planOf = async (teams: number, atMost: number): Promise<Figure> => {
      const files = templateOf({ teams, team: 9, isOnline: false })
      const body = JSON.stringify({ files })
      const samples = await alternate(rounds, signal, {
        plan: () => timed(() => client.org.plan({ files }, { signal })),
        floor: () => timed(() => echo.send(body)),
      })
      return {
        name: `plan of ${teams * 10} workspaces in ${Object.keys(files).length} files`,
        samples: samples.plan,
        floors: [{ name: 'echo', samples: samples.floor }],
        target: { of: 'value', atMost },
      }
    }
    const plans = [await planOf(6, 1000), await planOf(100, 5000)]
    say('applying a template of 60 workspaces')
    const files = templateOf({ teams: 6, team: 9, isOnline: true })
    const online = await timed(async () => {
      await client.org.apply({ files }, { signal })
      while (!(await areOnline(client, signal))) await sleep(pollMs, undefined, { signal })
    })
    const made = { name: '60 workspaces online', samples: [online], floors: [] }
    return [...plans, { ...made, target: { of: 'value', atMost: 60_000 } }]
  },
}

async function areOnline(client: Client, signal: AbortSignal): Promise<boolean> {
  const all = await client.workspaces.list({ signal })
  return all.every(({ status }) => status === 'online')
}

type Shape = { teams: number; team: number; isOnline: boolean }

/** As templates are in the wild: a file for each team and one for each role, prompts and schedules in files. */
function templateOf({ teams, team, isOnline }: Shape): TemplateFiles {
  const files: TemplateFiles = {
    'stand-up.md': 'What did you finish, and what stands in your way?',
  }
  const names = Array.from({ length: teams }, (_, t) => `team-${t}`)
  files['org.yaml'] = [
    `name: ${isOnline ? 'Running' : 'Planned'}`,
    'defaults:',
    '  runtime_config: {command: cat}',
    '  plugins: [search, shell]',
    'workspaces:',
    ...names.map((name) => `  - !include teams/${name}/team.yaml`),
  ].join('\n')
  for (const name of names) {
    const roles = Array.from({ length: team }, (_, r) => `role-${r}`)
    files[`teams/${name}/team.yaml`] = [
      `name: ${name}`,
      'role: Leads the team',
      'schedules:',
      '  - {name: stand-up, cron_expr: "0 9 * * 1-5", prompt_file: stand-up.md}',
      'children:',
      ...roles.map((role) => `  - !include ${role}.yaml`),
    ].join('\n')
    for (const role of roles)
      files[`teams/${name}/${role}.yaml`] = [
        `name: ${role}`,
        `role: Does its part of ${name}`,
        `files_dir: teams/${name}/${role}`,
        'initial_prompt_file: prompt.md',
        'plugins: ["!shell"]',
      ].join('\n')
    for (const role of roles)
      files[`teams/${name}/${role}/prompt.md`] = `You are ${role} of ${name}.\n`.repeat(20)
  }
  return files
}
