import type { Finding } from '../finding.ts'
import { type Document, entriesOf, isObject, nearest, type Project } from './project.ts'

const installScripts = ['preinstall', 'install', 'postinstall'] as const
const fetchesAndRuns = /\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b/

/** What one `package.json` says about itself. */
export function manifestFindings(manifest: Document, project: Project): Finding[] {
  return [
    ...declaredTwice(manifest),
    ...scriptFindings(manifest),
    ...licenceField(manifest),
    ...lockFinding(manifest, project),
  ]
}

export const brokenManifest = (file: string): Finding => ({
  rule: 'dependencies/broken-manifest',
  severity: 'high',
  file,
  line: 1,
  title: 'A manifest that cannot be read',
  detail: 'This file is not a JSON object, so no package manager accepts it.',
  fix: 'Correct its syntax.',
})

function declaredTwice({ json, path, lineOf }: Document): Finding[] {
  const runtime = new Map(entriesOf(json, 'dependencies'))
  return entriesOf(json, 'devDependencies')
    .filter(([name]) => runtime.has(name))
    .map(([name, range]) => ({
      rule: 'dependencies/declared-twice',
      severity: 'low' as const,
      file: path,
      line: lineOf('devDependencies', name),
      title: `${name} is a dependency twice`,
      detail: `It is "${runtime.get(name)}" in dependencies and "${range}" in devDependencies; only one counts.`,
      fix: 'Keep it in dependencies when the product needs it, otherwise in devDependencies.',
    }))
}

function scriptFindings({ json, path, lineOf }: Document): Finding[] {
  const scripts = new Map(entriesOf(json, 'scripts'))
  return installScripts.flatMap((name) => {
    const script = scripts.get(name)
    const fetches = script !== undefined && fetchesAndRuns.test(script)
    if (script === undefined || (json.private === true && !fetches)) return []
    return [
      {
        rule: 'dependencies/install-script',
        severity: fetches ? ('high' as const) : ('low' as const),
        file: path,
        line: lineOf('scripts', name),
        title: `Installing runs a ${name} script`,
        detail: fetches
          ? 'It downloads a program and runs it at once, whatever it has become.'
          : 'Everybody who installs this package runs it, often with access to their credentials.',
        fix: 'Do the work when the package is built or first used.',
      },
    ]
  })
}

function licenceField({ json, path }: Document): Finding[] {
  const named = typeof json.license === 'string' || isObject(json.license) || json.licenses
  if (json.private === true || named || typeof json.name !== 'string') return []
  return [
    {
      rule: 'dependencies/no-licence',
      severity: 'medium',
      file: path,
      line: 1,
      title: 'A public package without a licence',
      detail: 'Without a "license" field nobody may use it.',
      fix: 'Add a "license" field, or "private": true when it is not to be published.',
    },
  ]
}

function lockFinding(manifest: Document, { locks, ownNames }: Project): Finding[] {
  const wanted = [
    ...entriesOf(manifest.json, 'dependencies'),
    ...entriesOf(manifest.json, 'devDependencies'),
  ]
  if (!wanted.some(([name]) => !ownNames.has(name))) return []
  if (nearest(manifest.folder, locks)) return []
  return [
    {
      rule: 'dependencies/no-lock-file',
      severity: 'medium',
      file: manifest.path,
      line: 1,
      title: 'Dependencies without a lock file',
      detail: 'Every installation may get other versions than the ones that were tested.',
      fix: 'Commit the lock file of the package manager.',
    },
  ]
}
