import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** What a host is told when it is started: `boot.json` in its folder, readable by its owner only. */
export type Boot = {
  readonly url: string
  /** Where the server of this machine notes its address; a server elsewhere has none. */
  readonly serverFile: string | undefined
  readonly credential: string
  readonly workspaceId: string
  readonly incarnation: number
  /** Folder of the workspace, kept over incarnations: `work/` and the journal. */
  readonly home: string
  /** Program and arguments that start the CLI. */
  readonly cli: readonly string[] | undefined
}

const bootFile = (hostDir: string) => join(hostDir, 'boot.json')

export async function readBoot(hostDir: string): Promise<Boot> {
  const path = bootFile(hostDir)
  const given: Record<string, unknown> = JSON.parse(await readFile(path, 'utf8'))
  const { url, credential, workspace_id, incarnation, home = hostDir, server_file, cli } = given
  if (
    typeof url !== 'string' ||
    typeof credential !== 'string' ||
    typeof workspace_id !== 'string' ||
    typeof incarnation !== 'number' ||
    typeof home !== 'string'
  )
    throw new Error(`${path} lacks url, credential, workspace_id or incarnation`)
  return {
    url,
    serverFile: typeof server_file === 'string' ? server_file : undefined,
    credential,
    workspaceId: workspace_id,
    incarnation,
    home,
    cli: asCommand(cli),
  }
}

/** The credential has served: nobody finds it on the disk later. */
export const forgetBoot = (hostDir: string) => rm(bootFile(hostDir), { force: true })

function asCommand(given: unknown): readonly string[] | undefined {
  if (!Array.isArray(given) || given.length === 0) return undefined
  return given.every((part) => typeof part === 'string') ? given : undefined
}
