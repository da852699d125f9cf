import type { Finding } from '../finding.ts'
import { type Document, entriesOf, groups, type Project } from './project.ts'

const anyVersion = /^(?:\*|x|latest|next|canary|beta|)$/i
const noUpperBound = /^>=?\s*v?\d[\w.+-]*$/
const commitHash = /#[0-9a-f]{40}$/
const git = /^(?:git[+:@]|git:\/\/|(?:github|gitlab|bitbucket|gist):|[\w-]+\/[\w.-]+(?:#|$))/
const web = /^https?:\/\//
const local = /^(?:file|link|portal):(.*)$/

type Fault = Pick<Finding, 'rule' | 'severity' | 'title' | 'detail' | 'fix'>

/** Where a dependency comes from and how much of it may change unseen. */
export function rangeFindings(manifest: Document, project: Project): Finding[] {
  return groups.flatMap((group) =>
    entriesOf(manifest.json, group)
      .filter(([name]) => !project.ownNames.has(name))
      .flatMap(([name, range]) => {
        const fault = faultOf(name, range.trim(), manifest.folder)
        return fault ? [{ ...fault, file: manifest.path, line: manifest.lineOf(group, name) }] : []
      }),
  )
}

function faultOf(name: string, range: string, folder: string): Fault | undefined {
  if (anyVersion.test(range) || noUpperBound.test(range)) return unpinned(name, range)
  const target = local.exec(range)?.[1]
  if (target !== undefined)
    return leavesRepository(folder, target) ? outside(name, range) : undefined
  if (git.test(range)) return commitHash.test(range) ? undefined : fromGit(name, range)
  return web.test(range) ? fromWeb(name, range) : undefined
}

const unpinned = (name: string, range: string): Fault => ({
  rule: 'dependencies/unpinned',
  severity: 'medium',
  title: `Any version of ${name}`,
  detail: `The range "${range}" admits every version to come, breaking and hijacked ones too.`,
  fix: 'Name a range with an upper bound, such as ^1.2.3.',
})

const fromGit = (name: string, range: string): Fault => ({
  rule: 'dependencies/git-source',
  severity: 'medium',
  title: `${name} comes from a moving git reference`,
  detail: `What "${range}" installs changes whenever somebody pushes there.`,
  fix: 'Use a published version, or name a full commit hash.',
})

const fromWeb = (name: string, range: string): Fault => ({
  rule: 'dependencies/web-source',
  severity: range.startsWith('http:') ? 'high' : 'medium',
  title: `${name} is downloaded from a web address`,
  detail: `No registry vouches that "${range}" stays the same${range.startsWith('http:') ? ', and the connection is not encrypted' : ''}.`,
  fix: 'Use a published version.',
})

const outside = (name: string, range: string): Fault => ({
  rule: 'dependencies/outside-repository',
  severity: 'medium',
  title: `${name} lies outside the repository`,
  detail: `Nobody else has what "${range}" points to.`,
  fix: 'Publish it, or move it into the repository.',
})

function leavesRepository(folder: string, target: string): boolean {
  if (/^(?:\/|~|[a-z]:)/i.test(target)) return true
  let depth = folder === '' ? 0 : folder.split('/').length
  for (const part of target.split('/')) {
    if (part === '..') depth--
    else if (part !== '.' && part !== '') depth++
    if (depth < 0) return true
  }
  return false
}
