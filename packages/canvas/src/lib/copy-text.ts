/** What a browser offers to copy with. The clipboard is missing without HTTPS and may be forbidden. */
export type CopyMeans = {
  clipboard: Pick<Clipboard, 'writeText'> | undefined
  /** Selects the text on screen. */
  select: () => void
  /** The older way: copies what is selected; false when that is refused, too. */
  copySelection: () => boolean
}

export type CopyOutcome = 'copied' | 'selected'

/** Never fails: where no copying is allowed, the text is left selected for the keyboard. */
export async function copyText(value: string, means: CopyMeans): Promise<CopyOutcome> {
  try {
    if (!means.clipboard) throw new Error('no clipboard here')
    await means.clipboard.writeText(value)
    return 'copied'
  } catch {
    means.select()
    return means.copySelection() ? 'copied' : 'selected'
  }
}

export function selectContents(element: HTMLElement) {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
    element.focus()
    element.select()
    return
  }
  window.getSelection()?.selectAllChildren(element)
}
