/** Local storage that a strict browser may refuse: then nothing is kept. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Answers whether it is kept: a full or forbidden storage keeps nothing, and the page works without it. */
export function writeStored(key: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
    return true
  } catch {
    return value === null
  }
}
