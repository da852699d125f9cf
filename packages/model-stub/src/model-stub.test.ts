import { expect, onTestFinished, test } from 'vitest'
import { startModelStub } from './model-stub.ts'
import { lastText, type Script, toolNamed } from './reply.ts'

async function given(script: Script) {
  const stub = await startModelStub({ script })
  onTestFinished(() => stub.close())
  const post = (body: object, path = '/v1/messages?beta=true') =>
    fetch(`${stub.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
  return { stub, post }
}
const ask = (content: unknown, more: object = {}) => ({
  ...{ model: 'm', max_tokens: 10, messages: [{ role: 'user', content }] },
  ...more,
})

test('a text is answered whole or as a stream, by what was said last', async () => {
  const { stub, post } = await given((asked) => ({ text: `You said: ${lastText(asked)}` }))

  const whole = await (await post(ask('hi'))).json()
  const streamed = await (await post(ask([{ type: 'text', text: 'ho' }], { stream: true }))).text()

  expect(whole).toMatchObject({
    ...{ type: 'message', role: 'assistant', model: 'm', stop_reason: 'end_turn' },
    content: [{ type: 'text', text: 'You said: hi' }],
    usage: { input_tokens: 10, output_tokens: 5 },
  })
  const types = [...streamed.matchAll(/^event: (\w+)$/gm)].map(([, type]) => type)
  expect(types).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
  expect(streamed).toContain('You said: ho')
  expect(stub.asked).toMatchObject([{ count: 1 }, { count: 2, model: 'm' }])
})

test('a tool is called, and its result is there to go on with', async () => {
  const { post } = await given(({ messages }) => {
    const result = messages.at(-1)?.results[0]
    return result
      ? { text: `It says ${result.text}` }
      : { calls: [{ name: 'look', input: { at: 'x' } }] }
  })

  const call = (await (await post(ask('go', { tools: [{ name: 'look' }] }))).json()) as {
    content: { id: string }[]
  }
  const [block] = call.content
  const next = await post({
    ...ask('go'),
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: call.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: block?.id, content: 'blue' }],
      },
    ],
  })

  expect(call).toMatchObject({
    stop_reason: 'tool_use',
    content: [{ type: 'tool_use', name: 'look', input: { at: 'x' } }],
  })
  expect(await next.json()).toMatchObject({ content: [{ text: 'It says blue' }] })
})

test('it refuses, stalls and breaks off as a provider does', async () => {
  const { post } = await given(({ count }) =>
    count === 1 ? { status: 429, retryAfterS: 7 } : count === 2 ? 'stall' : 'cut',
  )

  const refused = await post(ask('x'))
  const stalled = await fetch(`${(await given(() => 'stall')).stub.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify(ask('x', { stream: true })),
    signal: AbortSignal.timeout(300),
  })

  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7'])
  expect(await refused.json()).toMatchObject({ error: { type: 'rate_limit_error' } })
  await expect(stalled.text()).rejects.toThrow()
  await post(ask('y'))
  await expect(post(ask('z')).then((answer) => answer.text())).rejects.toThrow()
})

test('the Responses API says the same: text, a tool of a namespace, and what came of it', async () => {
  const { stub, post } = await given(({ messages }) => {
    const result = messages.at(-1)?.results[0]
    return result
      ? { text: `It says ${result.text}` }
      : { calls: [{ name: 'mcp__molecule__list_peers', input: { q: 'x' } }] }
  })
  const asked = { model: 'm', instructions: 'Be brief.', input: [{ role: 'user', content: 'go' }] }

  const call = (await (await post(asked, '/v1/responses')).json()) as {
    output: { call_id: string }[]
  }
  const [item] = call.output
  const result = { type: 'function_call_output', call_id: item?.call_id, output: 'blue' }
  const next = await post(
    { ...asked, stream: true, input: [...asked.input, item, result] },
    '/v1/responses',
  )

  expect(item).toMatchObject({
    ...{ type: 'function_call', namespace: 'mcp__molecule', name: 'list_peers' },
    arguments: '{"q":"x"}',
  })
  const text = await next.text()
  expect([...text.matchAll(/^event: (.+)$/gm)].map(([, type]) => type)).toEqual([
    'response.created',
    'response.output_item.added',
    'response.output_text.delta',
    'response.output_item.done',
    'response.completed',
  ])
  expect(text).toContain('It says blue')
  expect(stub.asked[1]).toMatchObject({
    system: 'Be brief.',
    messages: [
      { text: 'go' },
      { calls: [{ name: 'mcp__molecule__list_peers' }] },
      { role: 'user' },
    ],
  })
})

const lookThenTell: Script = (asked) => {
  const result = asked.messages.at(-1)?.results[0]
  if (result) return { text: `It says ${result.text}` }
  return { calls: [{ name: toolNamed(asked, 'list_peers'), input: { q: 'x' } }] }
}

test('Chat Completions say the same, whole and as a stream that says when it is done', async () => {
  const { stub, post } = await given(lookThenTell)
  const asked = {
    model: 'm',
    tools: [{ type: 'function', function: { name: 'molecule_list_peers' } }],
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'go' }] },
    ],
  }
  const path = '/v1/chat/completions'

  const call = (await (await post(asked, path)).json()) as {
    choices: [{ message: { tool_calls: [{ id: string }] } }]
  }
  const { message } = call.choices[0]
  const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'blue' }
  const messages = [...asked.messages, message, result]
  const text = await (await post({ ...asked, stream: true, messages }, path)).text()

  expect(message.tool_calls[0]).toMatchObject({
    function: { name: 'molecule_list_peers', arguments: '{"q":"x"}' },
  })
  expect(text).toContain('It says blue')
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(stub.asked[1]).toMatchObject({
    ...{ protocol: 'chat', system: 'Be brief.' },
    messages: [{ text: 'go' }, { calls: [{ input: { q: 'x' } }] }, { role: 'user' }],
  })
})

test('generateContent says the same, with its model in the path', async () => {
  const { stub, post } = await given(lookThenTell)
  const asked = {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    tools: [{ functionDeclarations: [{ name: 'mcp_molecule_list_peers' }] }],
    contents: [{ role: 'user', parts: [{ text: 'go' }] }],
  }
  const path = (verb: string) => `/v1beta/models/gemini-x:${verb}`

  const call = (await (await post(asked, path('generateContent'))).json()) as {
    candidates: [{ content: { role: string; parts: [{ functionCall: { name: string } }] } }]
  }
  const { content } = call.candidates[0]
  const response = { name: content.parts[0].functionCall.name, response: { output: 'blue' } }
  const contents = [
    ...asked.contents,
    content,
    { role: 'user', parts: [{ functionResponse: response }] },
  ]
  const streamed = post({ ...asked, contents }, `${path('streamGenerateContent')}?alt=sse`)
  const counted = await post(asked, path('countTokens'))

  expect(content.parts[0].functionCall).toMatchObject({
    ...{ name: 'mcp_molecule_list_peers', args: { q: 'x' } },
  })
  expect(await (await streamed).text()).toContain('It says blue')
  expect(await counted.json()).toMatchObject({ totalTokens: expect.any(Number) })
  expect(stub.asked[1]).toMatchObject({
    ...{ protocol: 'generate-content', model: 'gemini-x', system: 'Be brief.' },
    messages: [{ text: 'go' }, { calls: [{ input: { q: 'x' } }] }, { results: [{ text: 'blue' }] }],
  })
})

test.each([
  ['/v1/chat/completions', { error: { type: 'rate_limit_error' } }],
  ['/v1beta/models/m:generateContent', { error: { status: 'RESOURCE_EXHAUSTED' } }],
])('%s refuses in its own words', async (path, words) => {
  const { post } = await given(() => ({ status: 429, retryAfterS: 7 }))

  const refused = await post(ask('x'), path)

  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7'])
  expect(await refused.json()).toMatchObject(words)
})
