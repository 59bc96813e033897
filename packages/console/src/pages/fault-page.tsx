/** A fault of the console itself, or a problem that a page did not expect. */
import { Button } from '@mantine/core'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'
import { ProblemCard } from '../ui/problem-card.tsx'

export function FaultPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const tryAgain = () => {
    reset()
    void router.invalidate()
  }
  return (
    <Page title="This page cannot be shown" actions={<Button onClick={tryAgain}>Try again</Button>}>
      <ProblemCard error={error} />
    </Page>
  )
}
