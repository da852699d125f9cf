import { existsSync, readlinkSync, realpathSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { spawn } from '../../lib/outside-transaction.ts'

/** Keeps a workload apart from the machine, by bubblewrap. */
export type Sandbox = {
  /** Runs what follows it inside; file descriptor 3 must be open for what bubblewrap tells of it. */
  command(place: SandboxPlace): readonly string[]
}

export type SandboxPlace = {
  /** Folder of the workspace, which it may change. */
  readonly workspace: string
  /** A folder of the machine that it works in, and may change. */
  readonly workspaceDir: string | null
  /** Nothing in there can be seen, but what is named here. */
  readonly dataDir: string
  readonly readable: readonly string[]
}

const system = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/opt', '/nix']

/** What programs look up about the machine. The rest of `/etc` may hold secrets. */
const lookups = [
  ...['passwd', 'group', 'hosts', 'host.conf', 'nsswitch.conf', 'resolv.conf', 'services'],
  ...['protocols', 'localtime', 'timezone', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d'],
  ...['ssl', 'ca-certificates', 'pki', 'alternatives', 'gitconfig', 'mime.types', 'magic', 'fonts'],
].map((name) => `/etc/${name}`)

const fixed = [
  ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
  ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
]
const around = [
  '--proc',
  '/proc',
  '--dev',
  '/dev',
  '--tmpfs',
  '/tmp',
  '--dir',
  '/run',
  '--dir',
  '/var/tmp',
]

/** Looks once whether bubblewrap works here; tells why when it does not. */
export async function findSandbox(
  /** Paths outside the system that every workload may read, such as Node and the agent host. */
  readable: readonly string[],
): Promise<{ sandbox: Sandbox } | { reason: string }> {
  const sandbox: Sandbox = {
    command: (place) => [
      'bwrap',
      ...fixed,
      ...system.flatMap(asItIs),
      ...lookups.flatMap(readOnly),
      ...around,
      ...readable.flatMap(readOnly),
      ...folders(place),
      ...['--info-fd', '3', '--chdir', place.workspace, '--'],
    ],
  }
  const reason = await whyNot()
  return reason === undefined ? { sandbox } : { reason }
}

/** The later cover the earlier: the data folder may lie in the folder that the agent works in. */
const folders = ({ workspace, workspaceDir, dataDir, readable }: SandboxPlace) => [
  ...(workspaceDir === null ? [] : ['--bind-try', workspaceDir, workspaceDir]),
  ...[...new Set([dataDir, realpathSync(dataDir)])].flatMap((path) => ['--tmpfs', path]),
  ...readable.flatMap(readOnly),
  ...['--bind', workspace, workspace],
]

const readOnly = (path: string) => ['--ro-bind-try', path, path]

/** `/bin` is a folder on some systems and a link on others. */
function asItIs(path: string): string[] {
  if (!existsSync(path)) return []
  try {
    return ['--symlink', readlinkSync(path), path]
  } catch {
    return ['--ro-bind', path, path]
  }
}

const trialMs = 5_000

/** Why a trial did not run. Some machines have bubblewrap and do not allow what it needs. */
async function whyNot(): Promise<string | undefined> {
  const args = [...fixed, ...system.flatMap(asItIs), ...around, '--', '/bin/sh', '-c', ':']
  try {
    const child = spawn('bwrap', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: trialMs })
    const { promise, resolve, reject } = Promise.withResolvers<number | null>()
    child.once('error', reject)
    child.once('close', resolve)
    const [code, told] = await Promise.all([promise, text(child.stderr)])
    if (code === 0) return undefined
    return told.trim().split('\n')[0] || `bwrap ended with ${code ?? 'a signal'}`
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return 'bwrap is not installed: apt-get install bubblewrap'
    return String(error)
  }
}
