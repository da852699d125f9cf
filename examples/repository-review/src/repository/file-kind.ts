const lockFiles =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|composer\.lock|cargo\.lock|gemfile\.lock|poetry\.lock|pipfile\.lock|uv\.lock|go\.sum|flake\.lock)$/i
const madeByTools =
  /(?:^|\/)(?:node_modules|bower_components|vendor|third_party|dist|build|out|target|coverage|__generated__|generated|__snapshots__)\/|\.min\.(?:js|css)$|\.(?:map|snap|svg|pb\.go)$|[._](?:generated|pb2?)\.\w+$|\.g\.dart$/i
const tests =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|fixtures?|testdata|test-data|testing)\/|[._-](?:test|spec|fixture)s?\.\w+$|(?:^|\/)(?:test_\w+|conftest|fixtures?)\.\w+$/i
const prose = /(?:^|\/)(?:docs?|examples?|samples?)\/|\.(?:md|mdx|rst|adoc|txt|html?)$/i

export const isLockFile = (path: string) => lockFiles.test(path)
export const isMadeByTools = (path: string) => madeByTools.test(path)
export const isTest = (path: string) => tests.test(path)
export const isProse = (path: string) => prose.test(path)

const generatedMark = /@generated|\bdo not edit\b|\bcode generated\b|\bauto-?generated\b/i
const markLines = 5
const minifiedLineChars = 300

/** Says so in its first lines, or has lines nobody types. */
export function looksGenerated(text: string): boolean {
  const head = text.split('\n', markLines).join('\n')
  if (generatedMark.test(head.slice(0, 2_000))) return true
  const lines = text.split('\n').length
  return text.length / lines > minifiedLineChars
}

export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')))
export const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length
