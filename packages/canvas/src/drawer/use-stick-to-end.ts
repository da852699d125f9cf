import { useCallback, useRef } from 'react'

const nearEndPx = 24

/** Follows growing content while its end is in view, whatever makes it grow. */
export function useStickToEnd<B extends HTMLElement, C extends HTMLElement>() {
  const boxRef = useRef<B | null>(null)
  const isAtEnd = useRef(true)
  const follow = useCallback(() => {
    const box = boxRef.current
    if (box && isAtEnd.current) box.scrollTop = box.scrollHeight
  }, [])
  const box = useCallback(
    (element: B | null) => {
      boxRef.current = element
      follow()
    },
    [follow],
  )
  const content = useCallback(
    (element: C | null) => {
      if (!element) return
      const observer = new ResizeObserver(follow)
      observer.observe(element)
      return () => observer.disconnect()
    },
    [follow],
  )
  const onScroll = useCallback(() => {
    const box = boxRef.current
    if (box) isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < nearEndPx
  }, [])
  return { box, content, onScroll }
}
