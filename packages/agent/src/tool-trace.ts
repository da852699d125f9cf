import type { ReportActivity } from '@molecule/contract/activity'
import type { ToolUse } from './adapter.ts'

const maxUses = 200
const maxInputUnits = 500
const maxOutputUnits = 300

/** Which tools the model of one attempt used: the first of them, each with the beginning of what went in and came out. */
export function toolTrace() {
  const kept: object[] = []
  const counts = new Map<string, number>()
  return {
    add({ name, input, output, isError }: ToolUse) {
      counts.set(name, (counts.get(name) ?? 0) + 1)
      if (kept.length === maxUses) return
      kept.push({
        tool: name,
        input: textOf(input).slice(0, maxInputUnits),
        output: output.slice(0, maxOutputUnits),
        is_error: isError,
      })
    },
    /** Nothing where none was used. */
    report(of: { task_id: string; attempt: number }) {
      if (counts.size === 0) return undefined
      return {
        activity_type: 'agent_log',
        method: 'tools',
        summary:
          `Used ${[...counts].map(([name, times]) => (times === 1 ? name : `${name} ×${times}`)).join(', ')}`.slice(
            0,
            256,
          ),
        metadata: of,
        tool_trace: kept,
      } as const satisfies Partial<ReportActivity>
    },
  }
}

export type ToolTrace = ReturnType<typeof toolTrace>

const textOf = (input: unknown) => (typeof input === 'string' ? input : JSON.stringify(input ?? {}))
