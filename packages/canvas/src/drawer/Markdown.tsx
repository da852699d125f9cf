import { memo } from 'react'
import ReactMarkdown, { type Components, type UrlTransform } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { safeUrl } from './safe-url.ts'

const plugins = [remarkGfm]

const urlTransform: UrlTransform = (url) => safeUrl(url) ?? ''

const components: Components = {
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  /** Nothing is loaded from elsewhere: a picture shows as a link to it. */
  img: ({ src, alt }) =>
    typeof src === 'string' && src !== '' ? (
      <a href={src} target="_blank" rel="noopener noreferrer">
        {alt || src}
      </a>
    ) : (
      <span>{alt}</span>
    ),
  table: ({ children }) => (
    <div className="table-scroll">
      <table>{children}</table>
    </div>
  ),
}

/** What an agent wrote. Raw HTML stays text. Loaded when first needed. */
const Markdown = memo(function Markdown({ source }: { source: string }) {
  return (
    <div className="markdown">
      <ReactMarkdown remarkPlugins={plugins} urlTransform={urlTransform} components={components}>
        {source}
      </ReactMarkdown>
    </div>
  )
})

// biome-ignore lint/style/noDefaultExport: React.lazy reads the default export.
export default Markdown
