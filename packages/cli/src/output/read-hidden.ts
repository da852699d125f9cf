import type { Cli } from '../cli.ts'

const longest = 70_000

/** One line that is typed on a terminal without being shown. */
export async function readHidden({ stdin, out, signal }: Cli, prompt: string): Promise<string> {
  out.screen.err(prompt)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  const stopped = () => void stdin.destroy()
  signal.addEventListener('abort', stopped, { once: true })
  try {
    return await readLine(stdin)
  } finally {
    signal.removeEventListener('abort', stopped)
    if (!stdin.destroyed) stdin.setRawMode(false).pause()
    out.screen.err('\n')
    signal.throwIfAborted()
  }
}

/** A terminal in raw mode hands over every key, those that edit and interrupt too. */
async function readLine(stdin: NodeJS.ReadStream): Promise<string> {
  const line: string[] = []
  for await (const text of stdin.iterator({ destroyOnReturn: false }))
    for (const key of text as string) {
      if (enter.has(key)) return line.join('')
      press(line, key)
    }
  return line.join('')
}

const enter = new Set(['\r', '\n', '\u0004'])
const backspace = new Set(['\u007f', '\b'])
const CTRL_C = '\u0003'
const CTRL_U = '\u0015'

function press(line: string[], key: string): void {
  if (key === CTRL_C) process.kill(process.pid, 'SIGINT')
  else if (key === CTRL_U) line.length = 0
  else if (backspace.has(key)) line.pop()
  else if (line.length < longest) line.push(key)
}
