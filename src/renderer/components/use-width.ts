import { type RefCallback, useCallback, useRef, useState } from 'react'

/** The width of an element in CSS pixels: known before its first paint, then followed. */
export function useWidth(): [ref: RefCallback<HTMLElement>, width: number] {
  const [width, setWidth] = useState(0)
  const observer = useRef<ResizeObserver | null>(null)
  const ref = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect()
    if (element === null) return
    setWidth(Math.floor(element.getBoundingClientRect().width))
    observer.current = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)))
    observer.current.observe(element)
  }, [])
  return [ref, width]
}
