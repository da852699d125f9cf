import type { OutputBlock } from '../live/output-log.ts'
import { text } from '../strings.ts'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useOutput } from './use-output.ts'
import { useStickToEnd } from './use-stick-to-end.ts'

/** What a program prints, as it prints it. Stays at the end unless a person scrolls up. */
export function OutputView({ taskId, isOpen }: { taskId: string; isOpen: boolean }) {
  const { log, loaded, error } = useOutput(taskId)
  const { box, content, onScroll } = useStickToEnd<HTMLPreElement, HTMLSpanElement>()
  const manyAttempts = (log.blocks[0]?.attempt ?? log.attempt) !== log.attempt
  if (error) return <ErrorNote error={error} quiet />
  if (log.blocks.length === 0) {
    const nothing = isOpen ? text.task.outputEmpty : text.task.outputNone
    return <p className="faint output-empty">{loaded ? nothing : text.chat.loadingText}</p>
  }
  return (
    <pre className="output" ref={box} onScroll={onScroll} data-live={isOpen}>
      <span className="output-content" ref={content}>
        {log.cut && <span className="output-note">{text.task.outputCut}</span>}
        {log.blocks.map((block, index) => (
          <Block
            key={`${block.attempt}.${block.start}`}
            block={block}
            isFirst={manyAttempts && log.blocks[index - 1]?.attempt !== block.attempt}
          />
        ))}
      </span>
    </pre>
  )
}

function Block({ block, isFirst }: { block: OutputBlock; isFirst: boolean }) {
  return (
    <>
      {isFirst && <span className="output-note">{text.task.outputOf(block.attempt)}</span>}
      <span data-stream={block.stream}>{block.text}</span>
    </>
  )
}
