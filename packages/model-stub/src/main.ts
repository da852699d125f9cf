#!/usr/bin/env node
import process from 'node:process'
import { parseArgs } from 'node:util'
import { startModelStub } from './model-stub.ts'
import { lastText } from './reply.ts'

const usage = `molecule-model-stub [--port <n>] [--reply <text>]

Answers every request of an agent with the text, or with what was said last. Point the agent at the address that is printed:
ANTHROPIC_BASE_URL=<address> ANTHROPIC_API_KEY=any
`

const { values } = parseArgs({
  options: { port: { type: 'string' }, reply: { type: 'string' }, help: { type: 'boolean' } },
})
if (values.help) process.stdout.write(usage)
else {
  const { url } = await startModelStub({
    port: Number(values.port ?? 0),
    script: (asked) => ({ text: values.reply ?? `You said: ${lastText(asked)}` }),
  })
  process.stdout.write(`${url}\n`)
}
