import type { Finding } from '../finding.ts'
import type { Repository } from '../repository/repository.ts'
import { isCopyleft, isPermissive, licenceName } from './licence.ts'
import { type Document, isObject, type Json, nearest, type Project } from './project.ts'

const licenceFile = /^(?:licen[cs]es?|copying|unlicense)(?:[.-].*)?$/i
const notGranted = /^(?:UNLICENSED|SEE LICEN[CS]E)/i
const maxInstalledLookups = 5_000

/** A licence is named, or a package is public, and its text is nowhere. */
export function licenceFileFindings(repository: Repository, { manifests }: Project): Finding[] {
  const root = manifests.find(({ folder }) => folder === '')
  const named = licenceName(root?.json.license)
  const granted = named ? !notGranted.test(named) : root?.json.private !== true
  if (
    !root ||
    !granted ||
    repository.files.some((path) => licenceFile.test(path.split('/')[0] ?? ''))
  )
    return []
  return [
    {
      rule: 'dependencies/no-licence-file',
      severity: 'medium',
      file: root.path,
      line: root.lineOf('license'),
      title: 'No licence text',
      detail: named
        ? `The manifest says ${named}, but the repository does not hold its text.`
        : 'Nothing says under which terms this may be used.',
      fix: 'Add a LICENSE file with the full text.',
    },
  ]
}

/** Packages the product ships whose licence asks more of it than its own does. */
export function copyleftFindings(repository: Repository, project: Project): Finding[] {
  let lookups = 0
  const installed = (folder: string) =>
    ++lookups > maxInstalledLookups ? undefined : installedLicence(repository, folder)
  return project.npmLocks.flatMap((lock) => {
    const own = licenceName(nearest(lock.folder, project.manifests)?.json.license)
    if (!own || !isPermissive(own)) return []
    return shippedPackages(lock).flatMap(([key, entry]) => {
      const locked = licenceName(entry.license)
      const licence = locked ?? installed(lock.folder ? `${lock.folder}/${key}` : key)
      if (!licence || !isCopyleft(licence)) return []
      const line = lock.lineOf('packages', key, ...(locked ? ['license'] : []))
      return [conflict({ file: lock.path, line, key, licence, own })]
    })
  })
}

/** Of the lock file, without links into the repository and without what only developers install. */
function shippedPackages(lock: Document): [string, Json][] {
  if (!isObject(lock.json.packages)) return []
  return Object.entries(lock.json.packages).filter(
    (entry): entry is [string, Json] =>
      entry[0].includes('node_modules/') &&
      isObject(entry[1]) &&
      !entry[1].dev &&
      !entry[1].devOptional &&
      !entry[1].link,
  )
}

function installedLicence(repository: Repository, folder: string): string | undefined {
  const text = repository.text(`${folder}/package.json`)
  try {
    const json: unknown = JSON.parse(text ?? '')
    return isObject(json) ? licenceName(json.license) : undefined
  } catch {
    return undefined
  }
}

type Conflict = { file: string; line: number; key: string; licence: string; own: string }

function conflict({ file, line, key, licence, own }: Conflict): Finding {
  const name = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return {
    rule: 'dependencies/copyleft',
    severity: 'high',
    file,
    line,
    title: `${name} is under ${licence}`,
    detail: `This project is under ${own}; shipping ${name} with it extends the terms of ${licence} to the whole.`,
    fix: 'Replace it, or have the combination cleared.',
  }
}
