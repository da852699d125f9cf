import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { access, mkdir, open, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawn } from '../../lib/outside-transaction.ts'
import type { WorkloadSpec } from '../backend.ts'
import type { RunFolder } from './folders.ts'
import { nodeVariable, runMarker, runVariable } from './marker.ts'
import { isCode } from './proc.ts'

type Command = readonly [program: string, ...args: string[]]

export type Launch = {
  readonly spec: WorkloadSpec
  readonly folder: RunFolder
  readonly hostCommand: Command
  readonly cliCommand: Command | undefined
  readonly serverFile: string | undefined
  readonly env: Record<string, string>
  /** Stands in front of the host's command; empty without a sandbox. */
  readonly sandbox: readonly string[]
}

/** What a workload may know of the server's environment. Everything else may hold a secret. */
const handedOn = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'] as const

export function workloadEnv(
  env: Readonly<Record<string, string | undefined>>,
  compileCacheDir: string,
): Record<string, string> {
  const given = handedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))
  return { ...Object.fromEntries(given), NODE_COMPILE_CACHE: compileCacheDir }
}

/** Starts the launcher in a session of its own, without a pipe to us, so that it outlives the server. */
export async function launch(wanted: Launch) {
  const { spec, folder, hostCommand, sandbox } = wanted
  const own = sandbox.length > 0 ? await ownEnv(folder) : {}
  const env = { ...wanted.env, ...own }
  await mkdir(join(folder.workspace, 'work'), { recursive: true })
  await mkdir(folder.run, { recursive: true, mode: 0o700 })
  await writeBoot(wanted)
  const log = await open(folder.log, 'a', 0o600)
  try {
    const script = join(import.meta.dirname, 'launch.sh')
    const command = [...sandbox, ...hostCommand, folder.run]
    const launcher = spawn('/bin/sh', [script, folder.run, ...command], {
      cwd: folder.workspace,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...env, [runVariable]: runMarker(spec), [nodeVariable]: spec.owner.nodeId },
    })
    await once(launcher, 'spawn')
    launcher.unref()
  } finally {
    await log.close()
  }
}

/** The folders of the user and of other programs can not be seen from a sandbox. */
async function ownEnv({ workspace }: RunFolder) {
  const home = join(workspace, 'home')
  await mkdir(home, { recursive: true })
  return { HOME: home, TMPDIR: '/tmp' }
}

/** Puts a newer credential where a host that has not enrolled yet will look for it. */
export async function renewBoot(wanted: Launch) {
  if (await exists(wanted.folder.boot)) await writeBoot(wanted)
}

async function writeBoot({ spec, folder, serverFile, cliCommand: cli }: Launch) {
  const boot = {
    url: spec.boot.url,
    credential: spec.boot.credential,
    workspace_id: spec.workspaceId,
    incarnation: spec.incarnation,
    home: folder.workspace,
    ...(serverFile ? { server_file: serverFile } : {}),
    ...(cli ? { cli } : {}),
  }
  const fresh = `${folder.boot}.${randomUUID()}`
  await writeFile(fresh, JSON.stringify(boot), { mode: 0o600 })
  await rename(fresh, folder.boot)
}

export async function exists(path: string) {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw error
  }
}
