import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildFlawedRepository } from '../../../examples/repository-review/fixture.ts'
import { demoOptions } from './demo.ts'
import type { Installation, ServerOptions } from './installation.ts'
import type { ServerProcess } from './server-process.ts'
import { until } from './until.ts'

export type HeldDemo = {
  readonly server: ServerProcess
  readonly options: ServerOptions
  readonly loginLink: string
  /** Of the workspaces, by their names. */
  readonly ids: Readonly<Record<string, string>>
  readonly specialists: readonly string[]
  /** Lets the work go on. */
  release(): Promise<void>
}

/** The demo on the repository with twelve flaws, held when every specialist has begun. */
export async function heldDemo(
  installation: Installation,
  repository = join(installation.folder, 'corner-shop'),
): Promise<HeldDemo> {
  const gate = join(installation.folder, 'gate')
  await mkdir(repository)
  buildFlawedRepository(repository)
  const { env } = await demoOptions(installation, { gate })
  const options = { args: ['--repository', repository], ...(env ? { env } : {}) }
  const server = await installation.start(options)
  const loginLink = await until(
    'the link is told',
    () => server.output().match(/^Log in once.*: (http\S+)$/m)?.[1],
  )
  const client = await installation.client()
  const workspaces = await client.workspaces.list()
  const named = workspaces.map(({ name, id }) => [name, id])
  return {
    server,
    options,
    loginLink,
    ids: Object.fromEntries(named),
    specialists: workspaces.filter((one) => one.parent_id !== null).map(({ id }) => id),
    release: () => writeFile(gate, ''),
  }
}
