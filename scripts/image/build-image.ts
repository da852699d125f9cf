import { realpathSync } from 'node:fs'
import type { Engine } from '../../packages/server/src/backend/docker/engine.ts'
import { fillProgram } from './program.ts'
import { archiveOf } from './staging.ts'
import { fillUserland } from './userland.ts'

export type ImageWish = {
  /** `name:tag` of the image that is made. */
  readonly tag: string
  /** An image to build on, which has a shell and glibc; without it this machine's own programs. */
  readonly base: string | undefined
}

type Created = { Id: string }
type BaseImage = { Config?: { Env?: string[] | null } | null }

const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Makes an image of agent hosts from files of this machine, without any registry. Answers its digest. */
export async function buildImage(engine: Engine, wish: ImageWish, signal: AbortSignal) {
  const node = realpathSync(process.execPath)
  const base = wish.base ?? (await importUserland(engine, node, signal))
  const path = await pathOf(engine, base, signal)
  const create = { Image: base, Cmd: ['/opt/molecule/host'] }
  const { Id } = (await engine.json(
    { method: 'POST', path: ['containers', 'create'], body: create },
    signal,
  )) as Created
  try {
    const body = archiveOf((folder) => fillProgram(folder, node))
    const archive = ['containers', Id, 'archive']
    await engine.call({ method: 'PUT', path: archive, query: { path: '/' }, body }, signal)
    return await commit(engine, { container: Id, ...splitTag(wish.tag), path }, signal)
  } finally {
    await engine.call({ method: 'DELETE', path: ['containers', Id] }, AbortSignal.timeout(30_000))
  }
}

async function importUserland(engine: Engine, node: string, signal: AbortSignal) {
  const body = archiveOf((folder) => fillUserland(folder, node))
  const query = { fromSrc: '-', repo: 'molecule-userland', tag: 'latest' }
  await engine.call({ method: 'POST', path: ['images', 'create'], query, body }, signal)
  return 'molecule-userland:latest'
}

/** Where programs of the base lie, and Node after them: a base that brings its own keeps it. */
async function pathOf(engine: Engine, base: string, signal: AbortSignal) {
  const image = { method: 'GET', path: ['images', base, 'json'] } as const
  const { Config } = (await engine.json(image, signal)) as BaseImage
  const given = Config?.Env?.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length)
  return `${given ?? usualPath}:/opt/molecule/bin`
}

type Commit = { container: string; repo: string; tag: string; path: string }

async function commit(engine: Engine, { path, ...query }: Commit, signal: AbortSignal) {
  const changes = `ENV PATH=${path}`
  const body = {}
  const call = { method: 'POST', path: ['commit'], query: { ...query, changes }, body } as const
  return ((await engine.json(call, signal)) as Created).Id
}

function splitTag(name: string) {
  const [, repo = name, tag = 'latest'] = name.match(/^(.+?)(?::([^:/]+))?$/) ?? []
  return { repo, tag }
}
