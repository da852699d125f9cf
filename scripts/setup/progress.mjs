const tickMs = 1000

/**
 * One line per step: what is going on, then how long it took.
 * @template T
 * @param {string} doing
 * @param {() => Promise<T>} work
 */
export async function step(doing, work) {
  const { stdout } = process
  const from = Date.now()
  const seconds = () => `${((Date.now() - from) / 1000).toFixed(stdout.isTTY ? 0 : 1)} s`
  stdout.write(`${doing} ...`)
  const ticks = stdout.isTTY
    ? setInterval(() => stdout.write(`\r${doing} ... ${seconds()}`), tickMs)
    : undefined
  try {
    const result = await work()
    stdout.write(stdout.isTTY ? `\r${doing} ... ${seconds()}\n` : ` ${seconds()}\n`)
    return result
  } catch (error) {
    stdout.write(' failed\n')
    throw error
  } finally {
    clearInterval(ticks)
  }
}
