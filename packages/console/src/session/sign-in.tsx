/** Sign-in with an API token. Its identity is checked before anything is shown, and it is handed from tab to tab. */
import { apiTokenPattern, type ApiToken } from '@fairlead/contract/wire'
import { Button, Center, Code, Loader, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useEffect, useState, type FormEvent } from 'react'
import { Logo } from '../theme/logo.tsx'
import { ProblemCard } from '../ui/problem-card.tsx'
import { clientWith, tokenRefusalIn, type TokenRefusal } from './client.ts'
import { awaitToken } from './hand-over.ts'
import classes from './sign-in.module.css'

export interface SignInProps {
  /** A token that this tab kept from before a reload. */
  readonly kept: string | null
  /** No user was signed in here yet: another tab may hand its token over at once. */
  readonly isNewTab: boolean
  readonly refusal: TokenRefusal | null
  /** `isTyped`: the user typed it here. */
  readonly onSignedIn: (token: string, me: ApiToken, isTyped: boolean) => void
  readonly onRefused: (refusal: TokenRefusal) => void
}

const refusalText: Readonly<Record<TokenRefusal, string>> = {
  refused: 'The token was revoked or is no longer valid. Sign in with another one.',
  expired: 'Your sign-in has expired. Sign in again.',
}

/** Another tab answers within a few milliseconds, unless it sleeps; later answers are accepted as well. */
const answerMs = 300

export function SignIn({ kept, isNewTab, refusal, onSignedIn, onRefused }: SignInProps) {
  const [typed, setTyped] = useState('')
  const [given, setGiven] = useState(kept)
  const [isAwaiting, setAwaiting] = useState(kept === null && isNewTab)
  const [asking, setAsking] = useState(kept)
  const [error, setError] = useState<unknown>(null)

  useEffect(() => {
    if (asking === null) return undefined
    const leaving = new AbortController()
    clientWith(asking)
      .apiTokens.me({ signal: leaving.signal })
      .then((me) => onSignedIn(asking, me, asking !== given))
      .catch((met: unknown) => {
        if (leaving.signal.aborted) return
        setAsking(null)
        const refusal = tokenRefusalIn(met)
        if (refusal !== null && given === asking) onRefused(refusal)
        else setError(met)
      })
    return () => leaving.abort()
    // oxlint-disable-next-line react/exhaustive-deps -- it is asked once a token
  }, [asking])

  const isTyping = typed !== ''
  useEffect(() => {
    if (asking !== null || isTyping) return undefined
    return awaitToken(isAwaiting, (token) => {
      setGiven(token)
      setAsking(token)
    })
  }, [asking, isTyping, isAwaiting])
  useEffect(() => {
    const timer = setTimeout(() => setAwaiting(false), answerMs)
    return () => clearTimeout(timer)
  }, [])

  const isQuiet = (isAwaiting && asking === null) || (asking !== null && asking === given && error === null)
  useEffect(() => {
    if (!isQuiet) document.title = 'Sign in · Fairlead'
  }, [isQuiet])

  if (isQuiet) {
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
            {refusal !== null && error === null && (
              <Text size="sm" component="output">
                {refusalText[refusal]}
              </Text>
            )}
            <PasswordInput
              label="API token"
              description="It is kept until you close the last Fairlead tab in this browser."
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
              The first start of <Code>fairlead serve</Code> printed an admin token. Admins create more with{' '}
              <Code>fairlead token create</Code>.
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  )
}
