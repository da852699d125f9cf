import { expect, test } from 'vitest'
import { toolTrace } from './tool-trace.ts'

const use = (name: string, more: object = {}) => ({
  ...{ name, input: { at: 'x' }, output: 'done', isError: false },
  ...more,
})
const of = { task_id: 'the task', attempt: 1 }

test('an attempt without tools has nothing to tell', () => {
  expect(toolTrace().report(of)).toBeUndefined()
})

test('the first 200 uses are told, each with the beginning of what went in and came out', () => {
  const trace = toolTrace()
  trace.add(use('bash', { input: 'x'.repeat(1000), output: 'y'.repeat(1000), isError: true }))
  for (let n = 0; n < 250; n += 1) trace.add(use('look'))

  const report = trace.report(of)

  expect(report).toMatchObject({
    ...{ activity_type: 'agent_log', summary: 'Used bash, look ×250', metadata: of },
    tool_trace: { length: 200 },
  })
  expect(report?.tool_trace[0]).toEqual({
    ...{ tool: 'bash', is_error: true },
    ...{ input: 'x'.repeat(500), output: 'y'.repeat(300) },
  })
  expect(report?.tool_trace[1]).toMatchObject({ input: '{"at":"x"}', output: 'done' })
})
