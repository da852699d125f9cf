import type { Finding } from '../finding.ts'
import {
  type Document,
  entriesOf,
  groups,
  isObject,
  type Json,
  nearest,
  type Project,
} from './project.ts'

/** Where a manifest and the lock file that governs it say different things. */
export function lockFindings(manifest: Document, project: Project): Finding[] {
  const lock = nearest(manifest.folder, project.npmLocks)
  const locked = lock && lockedManifest(lock, manifest.folder)
  if (!lock || !locked) return []
  return groups.flatMap((group) => [
    ...missingFromLock({ group, manifest, lock, locked }),
    ...missingFromManifest({ group, manifest, lock, locked }),
  ])
}

type Pair = { group: (typeof groups)[number]; manifest: Document; lock: Document; locked: Json }

/** The copy of the manifest that an npm lock file keeps, from version 2 on. */
function lockedManifest(lock: Document, folder: string): Json | undefined {
  if (!isObject(lock.json.packages)) return undefined
  const key = lock.folder === '' ? folder : folder.slice(lock.folder.length + 1)
  const entry = lock.json.packages[key]
  return isObject(entry) ? entry : undefined
}

function missingFromLock({ group, manifest, lock, locked }: Pair): Finding[] {
  const known = new Map(entriesOf(locked, group))
  return entriesOf(manifest.json, group)
    .filter(([name, range]) => known.get(name) !== range && !isOptional(manifest, group, name))
    .map(([name, range]) => {
      const other = known.get(name)
      return disagreement({
        file: manifest.path,
        line: manifest.lineOf(group, name),
        title: `${name} is not what the lock file holds`,
        detail:
          other === undefined
            ? `${lock.path} does not know "${name}": "${range}" of ${group}.`
            : `The manifest asks for "${range}", ${lock.path} was made for "${other}".`,
      })
    })
}

function missingFromManifest({ group, manifest, lock, locked }: Pair): Finding[] {
  const wanted = new Set(entriesOf(manifest.json, group).map(([name]) => name))
  const key = lock.folder === '' ? manifest.folder : manifest.folder.slice(lock.folder.length + 1)
  return entriesOf(locked, group)
    .filter(([name]) => !wanted.has(name) && !movedGroup(manifest, name))
    .map(([name]) =>
      disagreement({
        file: lock.path,
        line: lock.lineOf('packages', key, group, name),
        title: `${name} is locked but not asked for`,
        detail: `${manifest.path} does not name it in its ${group}.`,
      }),
    )
}

/** npm keeps an optional dependency under `optionalDependencies` alone. */
const isOptional = ({ json }: Document, group: string, name: string) =>
  group !== 'optionalDependencies' &&
  entriesOf(json, 'optionalDependencies').some(([other]) => other === name)

const movedGroup = ({ json }: Document, name: string) =>
  groups.some((group) => entriesOf(json, group).some(([other]) => other === name))

const disagreement = (at: Pick<Finding, 'file' | 'line' | 'title' | 'detail'>): Finding => ({
  rule: 'dependencies/lock-disagrees',
  severity: 'high',
  ...at,
  fix: 'Run the package manager and commit the lock file it writes.',
})
