import type { FunctionSpan } from './brace-functions.ts'

const definition = /^(\s*)(?:async\s+)?def\s/

/** The functions of a language that shows its blocks by indentation. */
export function indentFunctions(bare: string): FunctionSpan[] {
  const lines = bare.split('\n')
  const open: { indent: number; startLine: number }[] = []
  const spans: FunctionSpan[] = []
  let lastFilled = 0
  const closeTo = (indent: number) => {
    while ((open.at(-1)?.indent ?? -1) >= indent) {
      const { startLine = 1 } = open.pop() ?? {}
      spans.push({ startLine, endLine: lastFilled })
    }
  }
  for (const [index, line] of lines.entries()) {
    const indent = line.search(/\S/)
    if (indent < 0) continue
    const closesSignature = /^\s*[)\]}]/.test(line)
    if (!closesSignature) closeTo(indent)
    if (definition.test(line)) open.push({ indent, startLine: index + 1 })
    lastFilled = index + 1
  }
  closeTo(0)
  return spans
}
