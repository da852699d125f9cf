import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Of no minute in which a session is ever begun. */
const settledName = (short: string) => `session-2000-01-01T00-00-${short}.jsonl`

/**
 * Moves the file of a session out of the way of its next start. Gemini CLI 0.61 names it by the minute and the id, and begins it anew when it loads
 * a session within the minute in which it was written: what was said before would be gone.
 */
export async function settleSession(home: string, session: string): Promise<void> {
  const short = session.slice(0, 8)
  const projects = join(home, '.gemini', 'tmp')
  for (const project of await readdir(projects).catch(() => [])) {
    const chats = join(projects, project, 'chats')
    const names = await readdir(chats).catch(() => [])
    const own = names.filter((name) => name.endsWith(`-${short}.jsonl`))
    const sizes = await Promise.all(own.map(async (name) => (await stat(join(chats, name))).size))
    const longest = own[sizes.indexOf(Math.max(...sizes))]
    if (longest === undefined) continue
    // The others hold no more than the beginning of a start.
    for (const name of own) if (name !== longest) await rm(join(chats, name), { force: true })
    await rename(join(chats, longest), join(chats, settledName(short)))
  }
}
