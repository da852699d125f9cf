import { readFile } from 'node:fs/promises'
import type { Clock } from './clock.ts'

/** Where the server listens: as the host was told at its start, and as the file of the server says since. */
export type ServerAddress = {
  url(): string
  /** Reads the file again; true when it names the address that was used until now, or when there is no file to go by. */
  isCurrent(): Promise<boolean>
  /** Resolves when a server has written the file anew; without a file only the signal ends it. */
  renewed(signal: AbortSignal): Promise<void>
}

type Told = { readonly url: string; readonly serverFile: string | undefined }

const lookEveryMs = 500

export function serverAddress({ url: first, serverFile }: Told, clock: Clock): ServerAddress {
  let url = first
  let content: string | undefined

  const look = async () => {
    if (serverFile === undefined) return undefined
    const found = await readFile(serverFile, 'utf8').catch(() => undefined)
    content = found ?? content
    const named = found === undefined ? undefined : urlIn(found)
    url = named ?? url
    return named
  }

  return {
    url: () => url,
    async isCurrent() {
      const before = url
      return serverFile === undefined || (await look()) === before
    },
    async renewed(signal) {
      if (serverFile === undefined) return abortOf(signal)
      const before = content
      while (content === before) {
        await clock.sleep(lookEveryMs, signal)
        await look()
      }
    },
  }
}

const abortOf = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

function urlIn(text: string): string | undefined {
  try {
    const { url } = JSON.parse(text)
    return typeof url === 'string' && URL.canParse(url) ? url : undefined
  } catch {
    return undefined
  }
}
