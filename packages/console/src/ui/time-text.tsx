/** A moment: how long ago or ahead, in the reader's local time; UTC on hover and for screen readers. */
import { useEffect, useState } from 'react'
import { serverNow } from '../session/server-clock.ts'
import { formatAge, formatMoment } from './units.ts'

const everyMs = 10_000

export function TimeText({ at }: { at: string | null }) {
  return <Moment at={at} format={formatAge} />
}

/** Of something that ends, or has ended. */
export function EndText({ at }: { at: string | null }) {
  return <Moment at={at} format={formatMoment} />
}

function Moment({ at, format }: { at: string | null; format: (at: number, now: number) => string }) {
  const now = useNow(everyMs)
  if (at === null) return <span className="quiet">never</span>
  return (
    <time dateTime={at} title={momentTitle(at)} className="numbers">
      {format(Date.parse(at), now)}
    </time>
  )
}

/** In the reader's local time and in UTC. */
export function momentTitle(at: string): string {
  const moment = new Date(at)
  return `${moment.toLocaleString()} (${moment.toISOString().replace('T', ' ').slice(0, 19)} UTC)`
}

/** The control plane's time, updated regularly. */
export function useNow(intervalMs: number): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return now
}
