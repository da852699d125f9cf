import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Enrolment } from '@molecule/contract/host'
import type { SecretValues } from '@molecule/contract/secret'
import type { AdapterSettings } from './adapter.ts'
import type { AgentLink } from './agent-link.ts'
import type { Boot } from './boot.ts'
import type { ConfigKeeper } from './config.ts'
import type { HostEnv } from './env.ts'
import type { ServerAddress } from './server-address.ts'

type Place = {
  readonly hostDir: string
  readonly boot: Boot
  readonly env: HostEnv
  readonly address: ServerAddress
  readonly agent: AgentLink
}

/** Makes what the programs find around them: working folder, token, the `molecule` command. */
export async function preparePlace(
  { hostDir, boot, env, address, agent }: Place,
  enrolment: Enrolment,
  { secrets, config }: { secrets: SecretValues; config: ConfigKeeper },
): Promise<AdapterSettings> {
  const tokenFile = join(hostDir, 'agent-token')
  await writeFile(tokenFile, enrolment.agent_token, { mode: 0o600 })
  const ownWorkDir = join(boot.home, 'work')
  await mkdir(ownWorkDir, { recursive: true })
  const { folder } = config.present()
  const sessionDir = await sessionFolder(boot.home, enrolment.session)
  return {
    runtime: enrolment.runtime,
    runtimeConfig: enrolment.runtime_config,
    // A backend of another server may know the workspace by another id.
    workspaceId: enrolment.workspace_id,
    platformUrl: address.url,
    workDir: enrolment.workspace_dir ?? ownWorkDir,
    ...{ hostDir, configDir: folder, sessionDir, tokenFile },
    promptFiles: () => config.present().promptFiles,
    peers: agent.peers,
    model: enrolment.model,
    agent: { name: enrolment.name, role: enrolment.role },
    env: env.base,
    secrets,
    fixedEnv: {
      ...env.markers,
      MOLECULE_TOKEN_FILE: tokenFile,
      MOLECULE_SESSION_DIR: sessionDir,
      MOLECULE_CONFIG_DIR: folder,
      WORKSPACE_CONFIG_PATH: folder,
    },
    binDir: boot.cli && (await writeCommand(hostDir, boot.cli, env.compileCache)),
    killGraceMs: enrolment.kill_grace_ms,
    sampleEveryMs: enrolment.beat_every_ms,
  }
}

/** Where programs keep what they remember from task to task. What belongs to an earlier session is removed first. */
async function sessionFolder(home: string, session: number): Promise<string> {
  const sessions = join(home, 'sessions')
  const present = String(session)
  await mkdir(join(sessions, present), { recursive: true })
  const former = (await readdir(sessions)).filter((name) => name !== present)
  for (const name of former) await rm(join(sessions, name), { recursive: true, force: true })
  return join(sessions, present)
}

async function writeCommand(hostDir: string, cli: readonly string[], compileCache?: string) {
  const folder = join(hostDir, 'bin')
  await mkdir(folder, { recursive: true })
  const cache = compileCache ? `NODE_COMPILE_CACHE=${quote(compileCache)} ` : ''
  const script = `#!/bin/sh\n${cache}exec ${cli.map(quote).join(' ')} "$@"\n`
  await writeFile(join(folder, 'molecule'), script, { mode: 0o755 })
  return folder
}

const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
