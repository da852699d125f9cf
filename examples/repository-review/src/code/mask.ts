import type { Language } from './language.ts'

type Span = { start: number; end: number; isComment: boolean }

/**
 * The same text, every place kept: in `code` without its comments, in `bare` without its strings too.
 * A string leaves a word behind, so that the end of a line still tells whether the statement goes on.
 */
export function mask(text: string, language: Language): { code: string; bare: string } {
  const spans = spansOf(text, language)
  const comments = spans.filter((span) => span.isComment)
  const fill = language.blocks === 'braces' ? '_' : ' '
  return { code: blank(text, comments, ' '), bare: blank(text, spans, fill) }
}

const slashes = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[`/]/g
const hashes =
  /#[^\n]*|"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?/g
const regularExpression = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y
const character = /'(?:\\(?:u\{\w+\}|x\w\w|u\w{4}|.)|[^\\'\n])'/y
const lookBackChars = 40

function spansOf(text: string, language: Language): Span[] {
  const pattern = new RegExp(language.lineComment === '#' ? hashes : slashes)
  const spans: Span[] = []
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const start = match.index
    const end = endOf(text, match, language)
    pattern.lastIndex = Math.max(end, start + 1)
    const isComment = /^(?:#|\/[/*])/.test(match[0])
    if (end > start) spans.push({ start, end, isComment })
  }
  return spans
}

/** Where what starts here ends; at its start when it is nothing to blank. */
function endOf(text: string, match: RegExpExecArray, language: Language): number {
  const start = match.index
  const plainEnd = start + match[0].length
  switch (match[0].slice(0, 1)) {
    case '`':
      return language.script ? templateEnd(text, start) : rawEnd(text, start)
    case '/':
      return match[0] === '/' ? slashEnd(text, start, language) : plainEnd
    case "'":
      return quoteEnd(text, start, language) ?? plainEnd
    default:
      return plainEnd
  }
}

function slashEnd(text: string, start: number, language: Language): number {
  const before = text.slice(Math.max(0, start - lookBackChars), start).trimEnd()
  const expectsValue = /(?:^|=>|[(,=:[!&|?{};+\-*%~^]|\b(?:return|typeof|case|in|of|void))$/.test(
    before,
  )
  if (!language.script || !expectsValue) return start
  regularExpression.lastIndex = start
  return regularExpression.test(text) ? regularExpression.lastIndex : start
}

/** Undefined for an ordinary string; its own start for an apostrophe or a lifetime. */
function quoteEnd(text: string, start: number, language: Language): number | undefined {
  if (language.lineComment === '#') return undefined
  if (/[\w$]/.test(text[start - 1] ?? '')) return start
  if (!language.charQuotes) return undefined
  character.lastIndex = start
  return character.test(text) ? character.lastIndex : start
}

function rawEnd(text: string, start: number): number {
  const end = text.indexOf('`', start + 1)
  return end < 0 ? start : end + 1
}

/** Templates nest: `${…}` may hold another one. */
function templateEnd(text: string, start: number): number {
  const open: string[] = []
  const pattern = /\\[\s\S]|`|\$\{|[{}]/g
  pattern.lastIndex = start
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    moveTemplate(open, match[0])
    if (open.length === 0) return pattern.lastIndex
  }
  return text.length
}

function moveTemplate(open: string[], token: string) {
  const inTemplate = open.at(-1) === '`'
  if (token === '`' && inTemplate) open.pop()
  else if (token === '`') open.push(token)
  else if (inTemplate && token === '${') open.push('{')
  else if (!inTemplate && token === '}') open.pop()
  else if (!inTemplate && token.endsWith('{')) open.push('{')
}

function blank(text: string, spans: readonly Span[], fill: string): string {
  const pieces: string[] = []
  let from = 0
  for (const { start, end, isComment } of spans) {
    pieces.push(text.slice(from, start))
    pieces.push(text.slice(start, end).replace(/\S/g, isComment ? ' ' : fill))
    from = end
  }
  pieces.push(text.slice(from))
  return pieces.join('')
}
