import { lazy, Suspense } from 'react'

const Markdown = lazy(() => import('./Markdown.tsx'))

/** Markdown once its renderer has arrived, the plain text until then. Answers meant for programs show as data. */
export function Answer({ source }: { source: string }) {
  const json = prettyJson(source)
  if (json) return <pre className="output">{json}</pre>
  return (
    <Suspense fallback={<div className="markdown markdown-plain">{source}</div>}>
      <Markdown source={source} />
    </Suspense>
  )
}

/** Indented, when the whole text is a JSON object or list. */
function prettyJson(source: string): string | undefined {
  if (!/^\s*[{[]/.test(source)) return undefined
  try {
    return JSON.stringify(JSON.parse(source), null, 2)
  } catch {
    return undefined
  }
}
