/** Sign-in at the identity provider, if there is one, or with an API token. Who it is gets checked before anything is shown, and is handed from tab to tab. */
import type { ApiToken } from '@fairlead/contract/wire'
import { Button, Center, Loader, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Disclosure } from '../ui/disclosure.tsx'
import { Logo } from '../theme/logo.tsx'
import { ProblemCard } from '../ui/problem-card.tsx'
import { clientWith, tokenRefusalIn, type TokenRefusal } from './client.ts'
import { awaitToken } from './hand-over.ts'
import { leaveForProvider } from './provider-sign-in.ts'
import { TokenForm } from './token-form.tsx'
import classes from './sign-in.module.css'

export interface SignInProps {
  /** A token that this tab kept from before a reload. */
  readonly kept: string | null
  /** No user was signed in here yet: another tab may hand its token over at once. */
  readonly isNewTab: boolean
  /** A page waits below: this tab must not leave for the identity provider, and another one hands its token over. */
  readonly isAbovePage: boolean
  readonly refusal: TokenRefusal | null
  /** Why the identity provider sent the user back without a session. */
  readonly arrivalError: unknown
  /** `isTyped`: the user typed it here. */
  readonly onSignedIn: (token: string, me: ApiToken, isTyped: boolean) => void
  readonly onRefused: (refusal: TokenRefusal) => void
}

const refusalText: Readonly<Record<TokenRefusal, string>> = {
  refused: 'The token was revoked or is no longer valid. Sign in with another one.',
  expired: 'Your sign-in has expired. Sign in again.',
}

/** Another tab answers within a few milliseconds, unless it sleeps; later answers are accepted as well. */
const answerMs = 100

export function SignIn(props: SignInProps) {
  const { kept, isNewTab, isAbovePage, refusal, arrivalError, onSignedIn, onRefused } = props
  const [isTyping, setTyping] = useState(false)
  const [given, setGiven] = useState(kept)
  const [isAwaiting, setAwaiting] = useState(kept === null && isNewTab)
  const [asking, setAsking] = useState(kept)
  const [error, setError] = useState<unknown>(null)
  const leave = useMutation({ mutationFn: leaveForProvider })

  const isGivenAsked = asking !== null && asking === given && error === null
  const offer = useQuery({
    queryKey: ['sign-in', 'offer'],
    queryFn: ({ signal }) => clientWith().signIn.offer({ signal }),
    enabled: !isGivenAsked,
  })

  useEffect(() => {
    if (asking === null) return undefined
    const leaving = new AbortController()
    clientWith(asking)
      .apiTokens.me({ signal: leaving.signal })
      .then((me) => {
        leaving.signal.throwIfAborted()
        onSignedIn(asking, me, asking !== given)
      })
      .catch((met: unknown) => {
        if (leaving.signal.aborted) return
        setAsking(null)
        const found = tokenRefusalIn(met)
        if (found !== null && given === asking) onRefused(found)
        else setError(met)
      })
    return () => leaving.abort()
    // oxlint-disable-next-line react/exhaustive-deps -- it is asked once a token
  }, [asking])

  useEffect(() => {
    if (asking !== null || isTyping) return undefined
    return awaitToken(isAwaiting, (token) => {
      setGiven(token)
      setAsking(token)
    })
    // oxlint-disable-next-line react/exhaustive-deps -- an answer that comes while the channel is opened again would be lost
  }, [asking, isTyping])
  useEffect(() => {
    const timer = setTimeout(() => setAwaiting(false), answerMs)
    return () => clearTimeout(timer)
  }, [])

  const isQuiet = (isAwaiting && asking === null) || isGivenAsked || offer.isPending
  useEffect(() => {
    if (isQuiet) return undefined
    const before = document.title
    document.title = 'Sign in · Fairlead'
    return () => {
      document.title = before
    }
  }, [isQuiet])

  if (isQuiet) return <SigningIn />
  const provider = offer.data?.people?.provider ?? null
  const providerError = leave.error ?? arrivalError
  const form = (
    <TokenForm
      error={error}
      isBusy={asking !== null}
      onTyping={setTyping}
      onToken={(token) => {
        setError(null)
        setAsking(token)
      }}
    />
  )
  return (
    <main className={classes.page}>
      <Paper className={classes.panel} withBorder p="xl" radius="md">
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
              {isAbovePage && ' What you typed is kept.'}
            </Text>
          )}
          {providerError !== null && <ProblemCard error={providerError} isSignedIn={false} />}
          {provider === null ? (
            form
          ) : (
            <>
              {isAbovePage ? (
                <Button fullWidth component="a" href="/" target="_blank" rel="noreferrer">
                  Sign in with {provider} in a new tab
                </Button>
              ) : (
                <Button fullWidth loading={leave.isPending} onClick={() => leave.mutate()}>
                  Sign in with {provider}
                </Button>
              )}
              <Disclosure summary="Use an API token">{form}</Disclosure>
            </>
          )}
        </Stack>
      </Paper>
    </main>
  )
}

export function SigningIn() {
  return (
    <Center mih="100dvh">
      <Loader aria-label="Signing in" />
    </Center>
  )
}
