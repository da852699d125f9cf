import type { Finding, Review } from '../finding.ts'
import { lineAt } from '../repository/file-kind.ts'
import { depthNotes } from '../repository/history-depth.ts'
import { count, limits } from '../repository/limits.ts'
import type { Repository } from '../repository/repository.ts'
import type { Progress } from '../specialist.ts'
import { findSecrets, type Secret } from './find-secrets.ts'
import { readAdditions } from './past-secrets.ts'
import type { Addition } from './patch-reader.ts'

/** Secrets in the files, and those that were taken out of the files but not out of the history. */
export async function reviewSecrets(repository: Repository, progress: Progress): Promise<Review> {
  const findings: Finding[] = []
  const present = new Set<string>()
  for (const path of repository.files) {
    const text = repository.text(path)
    for (const secret of text ? findSecrets(text, path) : []) {
      present.add(identity(secret))
      findings.push(describe(secret, { file: path, line: lineAt(text ?? '', secret.index) }))
    }
  }
  await progress.step('files searched', 1, 2)
  const files = count(repository.files.length, 'file')
  const past = await pastSecrets(repository, present, progress.signal)
  await progress.step('past commits searched', 2, 2)
  return {
    findings: [...findings, ...past.findings],
    notes: past.notes,
    checked: repository.git ? `${files} and what past commits added` : files,
  }
}

async function pastSecrets(repository: Repository, present: Set<string>, signal: AbortSignal) {
  if (!repository.git) return { findings: [], notes: [] }
  // Newest first, so that the commit which brought a secret in is the last to write.
  const oldest = new Map<string, Finding>()
  const remember = (addition: Addition) => {
    for (const secret of findSecrets(addition.text, addition.path))
      if (!present.has(identity(secret)))
        oldest.set(identity(secret), pastFinding(secret, addition))
  }
  const { cut } = await readAdditions(repository.git, signal, remember)
  const notes = await depthNotes(repository.git, signal)
  const megabytes = count(limits.gitPatchBytes / 1_000_000, 'megabyte')
  if (cut) notes.push(`Only the newest ${megabytes} of patches were searched for secrets.`)
  return { findings: [...oldest.values()], notes }
}

/** The same key may be wrapped or indented in another way. */
const identity = ({ value }: Secret) => value.replace(/\s+/g, '')

function pastFinding(secret: Secret, { commit, path, text, lines }: Addition): Finding {
  const line = lines[lineAt(text, secret.index) - 1] ?? 1
  const finding = describe(secret, { file: path, line })
  return {
    ...finding,
    rule: 'secrets/in-history',
    commit,
    title: `${finding.title}, still in the history`,
    detail: `${finding.detail} It is no longer in the files, but everybody with a clone has it.`,
    fix: `${finding.fix} Removing it from the history alone does not help: it may have been copied.`,
  }
}

function describe({ rule }: Secret, place: { file: string; line: number }): Finding {
  return {
    rule: `secrets/${rule.id}`,
    severity: rule.severity,
    ...place,
    title: rule.title,
    detail: 'Its shape and its randomness are those of a real one, not of a placeholder.',
    fix: rule.fix,
  }
}
