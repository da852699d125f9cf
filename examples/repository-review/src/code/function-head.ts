/** What an opening brace opens: a function's body, another block, or a literal or type inside a statement. */
export type BraceKind = 'function' | 'block' | 'value'

const functionWord = /\b(?:function|func|fn|fun)\b/
const typeWord =
  /^(?:[\w()]+\s+){0,6}?(?:class|interface|struct|enum|namespace|module|trait|impl|extension|union|object|record|mod)\b(?!\s*[.=(,:])/
const controlWord =
  /^(?:else\s*)?(?:if|for|foreach|while|switch|catch|with|match|when|using|lock|fixed|synchronized|guard|try|select|return|elseif|repeat|case|do|loop|unsafe|defer)\b/
const creation = /\bnew\s+[\w.<>]*$/
const insideExpression = /(?:[=(,:?&|<[]|\b(?:return|typeof|in|of|new))$/

/** `head` is the statement up to the brace, without comments and strings. */
export function braceKind(head: string): BraceKind {
  const text = withoutArguments(head).trim()
  if (text.endsWith('=>')) return 'function'
  if (insideExpression.test(text)) return 'value'
  if (functionWord.test(text)) return 'function'
  if (typeWord.test(text) || controlWord.test(text)) return 'block'
  return isMethod(text) ? 'function' : 'block'
}

/** `f(a, g(b))` as `f()`: what is inside parentheses says nothing of the brace behind them. */
function withoutArguments(head: string): string {
  let depth = 0
  let text = ''
  for (const piece of head.split(/([()])/)) {
    if (piece === ')') depth--
    if (depth === 0) text += piece
    if (piece === '(') depth++
  }
  return text
}

/** `name()`, with whatever a language puts before and behind it. */
function isMethod(text: string): boolean {
  const paren = text.indexOf('(')
  if (paren < 0) return false
  const before = text.slice(0, paren).trimEnd()
  return /[\w$\]>]$/.test(before) && !creation.test(before) && !/[^=!<>]=[^=>]/.test(before)
}

const openEnd =
  /(?:[=,(*/&|?:<>.[~%^!]|(?<!\+)\+|(?<!-)-|\b(?:async|function|func|fn|fun|def|static|extends|implements))$/
const continued =
  /^(?:[.:?=&|*/%^>)\],{<]|\+(?!\+)|-(?!-)|(?:extends|implements|where|throws|noexcept)\b)/

/** Whether a statement may end at this line break, in languages that need no semicolon. */
export function endsStatement(before: string, after: string): boolean {
  return !openEnd.test(before.trimEnd()) && !continued.test(after.trimStart())
}
