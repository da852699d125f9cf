import type { Finding } from '../finding.ts'
import { isTest } from '../repository/file-kind.ts'
import type { PastFile } from './past-files.ts'

const maxBlobBytes = 5 * 1024 * 1024
const environmentFile = /(?:^|\/)\.env(?:\.[\w-]+)*$/
const template = /\.(?:example|sample|template|dist|defaults?|schema|test|ci|vault)$/i
const keyFile =
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.pypirc|\.htpasswd|\.git-credentials)$|\.(?:p12|pfx|jks|keystore|ppk|kdbx)$/i
const fetchedFolder = /(?:^|\/)(node_modules|bower_components|__pycache__|\.venv)\//

type Place = Pick<Finding, 'file' | 'line' | 'commit'>

/** Files that hold credentials by their nature, in the files of today or in a commit of the past. */
export function credentialFiles(
  past: readonly PastFile[],
  tracked: ReadonlySet<string>,
): Finding[] {
  return firstOfEach(past, ({ path }) => (isCredentialFile(path) ? path : undefined)).map(
    (file) => ({
      rule: environmentFile.test(file.path) ? 'history/environment-file' : 'history/key-file',
      severity: 'high',
      ...placeOf(file, tracked),
      title: environmentFile.test(file.path)
        ? 'A committed environment file'
        : 'A committed key store',
      detail: tracked.has(file.path)
        ? 'Files of this name hold credentials, and everybody with a clone has it.'
        : 'It was removed later, but everybody with a clone still has it.',
      fix: 'Replace every credential it held, and add its name to .gitignore.',
    }),
  )
}

function isCredentialFile(path: string): boolean {
  if (template.test(path) || isTest(path)) return false
  return environmentFile.test(path) || keyFile.test(path)
}

/** Weight that every clone carries for ever. */
export function largeFiles(
  past: readonly PastFile[],
  sizes: ReadonlyMap<string, number>,
): Finding[] {
  const large = past.filter(({ blob }) => (sizes.get(blob) ?? 0) > maxBlobBytes)
  return firstOfEach(large, ({ path }) => path).map((file) => ({
    rule: 'history/large-file',
    severity: 'medium',
    file: file.path,
    line: 1,
    commit: file.commit,
    title: `A file of ${megabytes(sizes.get(file.blob) ?? 0)} MB in the history`,
    detail: 'Every clone and every build machine downloads it, also after it is removed.',
    fix: 'Keep it in Git LFS or in a package registry; rewrite the history if the weight hurts.',
  }))
}

export function fetchedFolders(past: readonly PastFile[], tracked: ReadonlySet<string>): Finding[] {
  const folderOf = ({ path }: PastFile) => {
    const match = fetchedFolder.exec(path)
    return match && !isTest(path) ? path.slice(0, match.index + match[0].length) : undefined
  }
  return firstOfEach(past, folderOf).map((file) => ({
    rule: 'history/committed-dependencies',
    severity: 'medium',
    ...placeOf(file, tracked),
    title: `A committed ${fetchedFolder.exec(file.path)?.[1] ?? 'dependency'} folder`,
    detail:
      'It holds what a package manager or an interpreter makes again; here nobody reviews it.',
    fix: 'Remove it from git and add its name to .gitignore.',
  }))
}

/** The oldest version of each, since the list begins with the newest. */
function firstOfEach(past: readonly PastFile[], keyOf: (file: PastFile) => string | undefined) {
  const oldest = new Map<string, PastFile>()
  for (const file of past) {
    const key = keyOf(file)
    if (key !== undefined) oldest.set(key, file)
  }
  return [...oldest.values()]
}

const placeOf = ({ path, commit }: PastFile, tracked: ReadonlySet<string>): Place =>
  tracked.has(path) ? { file: path, line: 1 } : { file: path, line: 1, commit }

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1)
