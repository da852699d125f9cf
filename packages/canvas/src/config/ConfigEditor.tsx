import { useEffect, useId, useRef } from 'react'
import { useRight } from '../use-right.ts'
import { type FileProblem, startOfLine } from './config-refusal.ts'
import { configText as words } from './config-text.ts'

type Props = {
  path: string
  text: string
  problem: FileProblem | undefined
  onChange: (text: string) => void
}

/** The text of a file. What was refused in it is told below, and its line is marked. */
export function ConfigEditor({ path, text, problem, onChange }: Props) {
  const mayWrite = useRight('workspaces:write')
  const noteId = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const latest = useRef(text)
  latest.current = text
  const line = problem?.line
  const isRefused = problem !== undefined
  useEffect(() => {
    if (!isRefused) return
    area.current?.focus()
    if (line === undefined) return
    const [from, to] = [line, line + 1].map((each) => startOfLine(latest.current, each))
    area.current?.setSelectionRange(from ?? 0, Math.max(from ?? 0, (to ?? 0) - 1))
  }, [isRefused, line])
  return (
    <div className="field">
      <textarea
        ref={area}
        className="input mono config-editor"
        aria-label={words.content(path)}
        aria-invalid={isRefused}
        aria-describedby={isRefused ? noteId : undefined}
        rows={14}
        spellCheck={false}
        autoCapitalize="off"
        readOnly={!mayWrite}
        value={text}
        onChange={({ target }) => onChange(target.value)}
      />
      <p id={noteId} className="field-problem" aria-live="polite">
        {problem?.told}
      </p>
    </div>
  )
}
