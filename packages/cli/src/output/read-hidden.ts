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
  let line: string[] = []
  for await (const text of stdin.iterator({ destroyOnReturn: false })) {
    for (const key of text as string) {
      if (key === '\r' || key === '\n' || key === '\u0004') return line.join('')
      if (key === '\u0003') process.kill(process.pid, 'SIGINT')
      else if (key === '\u007f' || key === '\b') line.pop()
      else if (key === '\u0015') line = []
      else if (line.length < longest) line.push(key)
    }
  }
  return line.join('')
}
