import type { Terminal } from './terminal.ts'

/** Shown on standard error of a terminal while something takes longer than a second. */
export type Spinner = { update(label: string): void; [Symbol.dispose](): void }

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const firstAfterMs = 1000
const everyMs = 120

export function spinner(terminal: Terminal, label: string): Spinner {
  if (!terminal.hasProgress || terminal.isWaiting)
    return { update: () => {}, [Symbol.dispose]: () => {} }
  terminal.isWaiting = true
  const startedAt = Date.now()
  let text = label
  let frame = 0
  const draw = () => {
    const seconds = Math.round((Date.now() - startedAt) / 1000)
    frame = (frame + 1) % frames.length
    terminal.drawProgress(`${frames[frame]} ${text} · ${seconds} s`)
  }
  const timer = setInterval(() => {
    if (Date.now() - startedAt >= firstAfterMs) draw()
  }, everyMs)
  timer.unref()
  return {
    update: (next) => {
      text = next
    },
    [Symbol.dispose]: () => {
      clearInterval(timer)
      terminal.isWaiting = false
      terminal.clearProgress()
    },
  }
}
