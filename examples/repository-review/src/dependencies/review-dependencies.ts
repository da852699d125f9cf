import type { Review } from '../finding.ts'
import { isTest } from '../repository/file-kind.ts'
import { count } from '../repository/limits.ts'
import { type Repository, some } from '../repository/repository.ts'
import type { Progress } from '../specialist.ts'
import { copyleftFindings, licenceFileFindings } from './licence-rules.ts'
import { lockFindings } from './lock-rules.ts'
import { brokenManifest, manifestFindings } from './manifest-rules.ts'
import { type Document, isObject, type Project, readProject } from './project.ts'
import { rangeFindings } from './range-rules.ts'

const otherManifests =
  /(?:^|\/)(?:requirements[\w-]*\.txt|pyproject\.toml|go\.mod|cargo\.toml|gemfile|pom\.xml|build\.gradle(?:\.kts)?|composer\.json)$/i

/** What the project builds on: where it comes from, how firmly it is named, under which terms. */
export async function reviewDependencies(
  repository: Repository,
  progress: Progress,
): Promise<Review> {
  const project = readProject(repository)
  await progress.step(`${count(project.manifests.length, 'manifest')} read`, 1, 2)
  const findings = [
    ...project.broken.map(brokenManifest),
    ...project.manifests.flatMap((manifest) => [
      ...rangeFindings(manifest, project),
      ...manifestFindings(manifest, project),
      ...lockFindings(manifest, project),
    ]),
    ...licenceFileFindings(repository, project),
    ...copyleftFindings(repository, project),
  ]
  await progress.step('lock files and licences compared', 2, 2)
  return {
    findings,
    notes: [...foreignNote(repository), ...project.npmLocks.flatMap(scriptNote)],
    checked: checkedOf(project),
  }
}

const checkedOf = ({ manifests, npmLocks }: Project) =>
  `${count(manifests.length, 'manifest')} and ${count(npmLocks.length, 'npm lock file')}`

function foreignNote({ files }: Repository): string[] {
  const foreign = files.filter((path) => otherManifests.test(path) && !isTest(path))
  return foreign.length > 0 ? [`Only npm manifests are understood, not ${some(foreign)}.`] : []
}

/** Common and often needed, so no finding; but worth knowing. */
function scriptNote(lock: Document): string[] {
  const packages = isObject(lock.json.packages) ? Object.entries(lock.json.packages) : []
  const names = packages
    .filter(([, entry]) => isObject(entry) && entry.hasInstallScript === true)
    .map(([key]) => key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length))
  return names.length > 0 ? [`Packages that run a script when installed: ${some(names, 8)}.`] : []
}
