/** A part of the console that did not load, a fault of the console itself, or a problem that a page did not expect. */
import { problem } from '@fairlead/contract/problems'
import { Button } from '@mantine/core'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { MissingPart, renewPart } from '../live/missing-part.ts'
import { Page } from '../ui/page.tsx'
import { ProblemCard } from '../ui/problem-card.tsx'

export function FaultPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const tryAgain = () => {
    reset()
    void router.invalidate()
  }
  const again = <Button onClick={tryAgain}>Try again</Button>
  if (error instanceof MissingPart) {
    return (
      <Page title="This page did not load" actions={again}>
        <Renewal tryAgain={tryAgain} />
        <ProblemCard document={missing} />
      </Page>
    )
  }
  return (
    <Page title="Can’t load this page" actions={again}>
      <ProblemCard error={error} />
    </Page>
  )
}

const missing = {
  ...problem('CONTROL_PLANE_UNREACHABLE', { host: location.host }).toDocument(),
  detail: 'this page could not be loaded from the control plane',
  fix: 'Check your connection, and that `fairlead serve` is running. The page loads as soon as the control plane answers.',
}

const renewEveryMs = 3000
const reloadedAtKey = 'fairlead.reloaded-at'

/** Shows the page once it is available. */
function Renewal({ tryAgain }: { tryAgain: () => void }) {
  const renew = useEffectEvent(() => {
    const kept = sessionStorage.getItem(reloadedAtKey)
    void renewPart({
      isServed,
      reloadedAt: kept === null ? null : Number(kept),
      now: Date.now(),
      reload: () => {
        sessionStorage.setItem(reloadedAtKey, String(Date.now()))
        location.reload()
      },
      tryAgain,
    })
  })
  useEffect(() => {
    const timer = setInterval(() => renew(), renewEveryMs)
    return () => clearInterval(timer)
  }, [])
  return null
}

async function isServed(): Promise<boolean> {
  try {
    return (await fetch('/', { method: 'HEAD', cache: 'no-store' })).ok
  } catch {
    return false
  }
}
