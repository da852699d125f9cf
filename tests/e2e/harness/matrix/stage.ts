import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '@molecule/sdk'
import { queryPostgres } from '../../../../packages/server/src/testing/query-postgres.ts'
import type { Installation } from '../installation.ts'
import { type KeptAlive, whileKeptAlive } from '../kept-alive.ts'
import { type Network, network } from '../network.ts'
import { patiently } from '../patiently.ts'
import { testProgram } from '../program-paths.ts'
import { patientClient, startsFile } from '../small-organization.ts'
import { until } from '../until.ts'

/** One installation on Postgres, with networks that can be cut between all of its parts. */
export type Stage = {
  readonly installation: Installation
  readonly kept: KeptAlive
  readonly client: Client
  /** Between the server and its database. */
  readonly database: Network
  /** Between the agent hosts and the server. */
  readonly hosts: Network
  /** The database itself, for a look that nothing cuts. */
  readonly databaseUrl: string
  /** The workspace that asks. */
  readonly caller: string
  readonly gates: string
}

export type StageOptions = {
  /** Of the cluster; the stage makes a database of its own in it. */
  readonly postgresUrl: string
  readonly env: Readonly<Record<string, string>>
  readonly mostDeaths: number
}

export const sweepEveryS = 1

/** Does the work on a stage of its own. */
export async function onStage<T>(
  installation: Installation,
  { postgresUrl, env, mostDeaths }: StageOptions,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const databaseUrl = await newDatabase(postgresUrl, installation)
  const database = await network(targetOf(databaseUrl))
  const hosts = await network(targetOf(installation.url))
  const options = {
    env: {
      ...env,
      DATABASE_URL: throughPort(databaseUrl, database.port),
      EXTERNAL_PLATFORM_URL: `http://127.0.0.1:${hosts.port}`,
      DELEGATION_SWEEPER_INTERVAL_S: String(sweepEveryS),
    },
  }
  const gates = join(installation.folder, 'gates')
  await mkdir(gates)
  try {
    return await whileKeptAlive(
      installation,
      () => options,
      async (kept) => {
        const client = await patientClient(installation)
        const caller = await patiently(() =>
          client.workspaces.create({ name: 'Caller', runtime_config: { command: 'cat' } }),
        )
        const stage = { installation, kept, client, database, hosts, databaseUrl, gates }
        return work({ ...stage, caller: caller.id })
      },
      { mostDeaths },
    )
  } finally {
    // While there are networks for it: without its database the server cannot tell that all has ended.
    await installation.down()
    await database.close()
    await hosts.close()
  }
}

const targetOf = (url: string) => {
  const { hostname, port } = new URL(url)
  return { hostname, port: Number(port) }
}

function throughPort(url: string, port: number): string {
  const changed = new URL(url)
  changed.port = String(port)
  return changed.href
}

async function newDatabase(postgresUrl: string, { url }: Installation): Promise<string> {
  const name = `matrix_${new URL(url).port}`
  await queryPostgres(postgresUrl, `create database ${name}`)
  const own = new URL(postgresUrl)
  own.pathname = `/${name}`
  return own.href
}

export const gateOf = ({ gates }: Stage, name: string) => join(gates, name)

export const openGate = (stage: Stage, name: string) => writeFile(gateOf(stage, name), '')

/** A workspace whose program does what its task says, as soon as it serves. */
export async function newWorker(stage: Stage, name: string, atOnce: number): Promise<string> {
  const { client, installation, caller } = stage
  const args = [testProgram('noted.sh'), startsFile(installation), 'sh', agent]
  const { id } = await patiently(() =>
    client.workspaces.create({
      name,
      parent_id: caller,
      runtime_config: { command: 'sh', args },
      max_concurrent_tasks: atOnce,
    }),
  )
  await until(`${name} is online`, async () => {
    const { status } = await patiently(() => client.workspaces.get(id))
    return status === 'online'
  })
  return id
}

const agent = fileURLToPath(new URL('../../programs/matrix-agent.sh', import.meta.url))
