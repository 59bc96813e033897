/** Says that the page may be stale, once that has lasted. */
import { useEffect, useState } from 'react'
import type { Liveness } from './live.tsx'
import classes from './live-banner.module.css'

/** A stream that is cut and immediately restored is not worth a notice. */
const patienceMs = 2000

export function LiveBanner({ liveness }: { liveness: Liveness }) {
  return <output className={classes.place}>{liveness === 'lost' && <Lost />}</output>
}

function Lost() {
  const [hasLasted, setLasted] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLasted(true), patienceMs)
    return () => clearTimeout(timer)
  }, [])
  if (!hasLasted) return null
  return (
    <p className={classes.banner}>
      The connection to the control plane is lost. What you see may be outdated; Fairlead reconnects automatically.
    </p>
  )
}
