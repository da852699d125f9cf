import { isLockFile } from '../repository/file-kind.ts'
import type { SecretRule } from './provider-rules.ts'
import { type Detector, detectors } from './shape-rules.ts'

export type Secret = { rule: SecretRule; value: string; index: number }

/** A line with one of these says that somebody looked and found it harmless. */
const allowed = /gitleaks:allow|pragma: allowlist secret/
const unreadable = /\.(?:map|svg|snap|lock)$|\.min\.(?:js|css)$/i

/** Each place once, under the most exact rule. */
export function findSecrets(text: string, path: string): Secret[] {
  if (isLockFile(path) || unreadable.test(path)) return []
  const found: Secret[] = []
  for (const detector of detectors.filter((one) => mayMatch(one, text, path)))
    for (const secret of matchesOf(detector, text))
      if (!found.some((other) => overlap(other, secret))) found.push(secret)
  return found.sort((a, b) => a.index - b.index)
}

function mayMatch({ rule, applies }: Detector, text: string, path: string): boolean {
  const hinted = rule.hints.length === 0 || rule.hints.some((hint) => text.includes(hint))
  return hinted && applies(path)
}

function* matchesOf({ rule, accepts }: Detector, text: string): Generator<Secret> {
  for (const match of text.matchAll(rule.pattern)) {
    const value = match.groups?.value ?? match[1] ?? match[0]
    if (!accepts(value, match) || allowed.test(lineOf(text, match.index))) continue
    yield { rule, value, index: match.index + Math.max(0, match[0].lastIndexOf(value)) }
  }
}

function lineOf(text: string, index: number): string {
  const end = text.indexOf('\n', index)
  return text.slice(text.lastIndexOf('\n', index) + 1, end < 0 ? undefined : end)
}

const overlap = (a: Secret, b: Secret) =>
  a.index < b.index + b.value.length && b.index < a.index + a.value.length
