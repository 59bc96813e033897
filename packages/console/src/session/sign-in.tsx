/** Sign-in with an API token. It is asked for who it is before anything is shown, and kept for this tab alone. */
import { apiTokenPattern, type ApiToken } from '@fairlead/contract'
import { Button, Center, Code, Loader, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useEffect, useState, type FormEvent } from 'react'
import { Logo } from '../theme/logo.tsx'
import { ProblemCard } from '../ui/problem-card.tsx'
import { clientWith, isSignedOutBy } from './client.ts'
import classes from './sign-in.module.css'

export interface SignInProps {
  /** A token that this tab has from before a reload. */
  readonly kept: string | null
  readonly refused: boolean
  readonly onSignedIn: (token: string, me: ApiToken) => void
  readonly onRefused: () => void
}

export function SignIn({ kept, refused, onSignedIn, onRefused }: SignInProps) {
  const [typed, setTyped] = useState('')
  const [asking, setAsking] = useState(kept)
  const [error, setError] = useState<unknown>(null)

  useEffect(() => {
    if (asking === null) return undefined
    const leaving = new AbortController()
    clientWith(asking)
      .apiTokens.me({ signal: leaving.signal })
      .then((me) => onSignedIn(asking, me))
      .catch((met: unknown) => {
        if (leaving.signal.aborted) return
        setAsking(null)
        if (isSignedOutBy(met) && kept === asking) onRefused()
        else setError(met)
      })
    return () => leaving.abort()
    // oxlint-disable-next-line react/exhaustive-deps -- it is asked once a token
  }, [asking])

  useEffect(() => {
    if (asking === null) document.title = 'Sign in · Fairlead'
  }, [asking])

  if (asking !== null && asking === kept && error === null) {
    return (
      <Center mih="100dvh">
        <Loader aria-label="Signing in" />
      </Center>
    )
  }
  const text = typed.trim()
  const wellFormed = apiTokenPattern.test(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!wellFormed) return
    setError(null)
    setAsking(text)
  }
  return (
    <main className={classes.page}>
      <Paper className={classes.panel} withBorder p="xl" radius="md">
        <form onSubmit={submit}>
          <Stack gap="md">
            <div className={classes.brand}>
              <Logo size={32} />
              <Title order={1} size="h2">
                Fairlead
              </Title>
            </div>
            {refused && error === null && (
              <Text size="sm" component="output">
                The token was revoked or is not known any more. Sign in with another one.
              </Text>
            )}
            <PasswordInput
              label="API token"
              description="It is kept for this tab only."
              placeholder="flt_…"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              error={text !== '' && !wellFormed ? 'A token is flt_ and 43 letters, digits, _ or -' : null}
            />
            {error !== null && <ProblemCard error={error} />}
            <Button type="submit" fullWidth loading={asking !== null} disabled={!wellFormed}>
              Sign in
            </Button>
            <Text size="sm" className="quiet">
              The first start of <Code>fairlead serve</Code> printed an admin token. An admin makes more with{' '}
              <Code>fairlead token create</Code>.
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  )
}
