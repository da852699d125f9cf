import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** What scripts of agents find besides `node` and `molecule`, as far as this machine has it. */
const programs = [
  ...['sh', 'bash', 'env', 'cat', 'ls', 'cp', 'mv', 'rm', 'mkdir', 'rmdir', 'touch', 'ln', 'chmod'],
  ...['echo', 'printf', 'head', 'tail', 'wc', 'sort', 'uniq', 'cut', 'tr', 'tee', 'xargs', 'find'],
  ...['grep', 'sed', 'awk', 'diff', 'tar', 'gzip', 'date', 'sleep', 'timeout', 'id', 'ps', 'kill'],
  ...[
    'true',
    'false',
    'test',
    'expr',
    'seq',
    'basename',
    'dirname',
    'readlink',
    'realpath',
    'mktemp',
  ],
  ...['setsid', 'sha256sum', 'base64', 'uname', 'hostname', 'stat', 'du', 'df', 'pwd', 'whoami'],
]

const certificates = '/etc/ssl/certs/ca-certificates.crt'
const linked = ['bin', 'sbin', 'lib', 'lib64']

/** A small system made of this machine's own programs and the libraries that they and Node load. */
export function fillUserland(root: string, node: string) {
  for (const name of linked) {
    mkdirSync(join(root, 'usr', name), { recursive: true })
    symlinkSync(`usr/${name}`, join(root, name))
  }
  for (const name of ['tmp', 'etc', 'proc', 'sys', 'dev', 'root']) mkdirSync(join(root, name))
  chmodSync(join(root, 'tmp'), 0o1777)
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nagent:x:1000:1000:agent:/workspace:/bin/sh\n',
  )
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nagent:x:1000:\n')
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n')
  if (existsSync(certificates)) copy(root, certificates)
  for (const library of librariesOf(node)) copy(root, library)
  for (const name of programs) {
    const path = findProgram(name)
    if (!path) continue
    for (const library of librariesOf(path)) copy(root, library)
    copyFileSync(realpathSync(path), join(root, 'usr/bin', name))
  }
}

function copy(root: string, path: string) {
  const target = join(root, path)
  mkdirSync(dirname(target), { recursive: true })
  if (!existsSync(target)) copyFileSync(path, target)
}

function findProgram(name: string) {
  const folders = ['/usr/bin', '/bin', ...(process.env.PATH ?? '').split(delimiter)]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** A script or a static program loads none, which `ldd` tells by failing. */
function librariesOf(program: string): string[] {
  try {
    const told = execFileSync('ldd', [program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return told.match(/\/\S+/g) ?? []
  } catch {
    return []
  }
}
