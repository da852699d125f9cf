import { type RefObject, useEffect, useState } from 'react'
import { type CopyOutcome, copyText, selectContents } from '../lib/copy-text.ts'

const copiedShownMs = 1500

/** Copies a text that stands in an element on screen, with or without the permission to use the clipboard. */
export function useCopy(value: string | (() => string), element: RefObject<HTMLElement | null>) {
  const [outcome, setOutcome] = useState<CopyOutcome>()
  useEffect(() => {
    if (outcome !== 'copied') return
    const timer = setTimeout(() => setOutcome(undefined), copiedShownMs)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = async () =>
    setOutcome(
      await copyText(typeof value === 'string' ? value : value(), {
        clipboard: navigator.clipboard,
        select: () => element.current && selectContents(element.current),
        copySelection: () => document.execCommand('copy'),
      }),
    )
  return { outcome, copy: () => void copy() }
}
