/**
 * The signed-in user and their client. Below `SessionGate` there always is one. When its token expires, the page stays below the sign-in with what
 * was typed there, and continues for a token that may do the same.
 */
import type { ApiToken, CreatedApiToken, Role } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import { useQueryClient, type MutationCacheNotifyEvent, type QueryCacheNotifyEvent } from '@tanstack/react-query'
import { createContext, Fragment, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { clientWith, tokenRefusalIn, type TokenRefusal } from './client.ts'
import { handOver } from './hand-over.ts'
import { SignIn, SigningIn } from './sign-in.tsx'
import { SignInAbove } from './sign-in-above.tsx'
import { forgetToken, keepToken, readToken, signOutEverywhere, watchSignOut } from './token.ts'

export interface Session {
  readonly client: FairleadClient
  readonly me: ApiToken
  /** Whether the token's role allows this action. */
  readonly may: (role: Role) => boolean
  readonly signOut: (why?: SignedOut) => void
}

/** `asked`: by the user, here or in another tab. */
export type SignedOut = 'asked' | TokenRefusal

interface SignedIn {
  readonly token: string
  readonly me: ApiToken
  readonly isTyped: boolean
}

const rank: Record<Role, number> = { viewer: 0, developer: 1, admin: 2 }
const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = use(SessionContext)
  if (session === null) throw new Error('there is no session outside of SessionGate')
  return session
}

export interface SessionGateProps {
  /** The session of whoever comes back from the identity provider, on its way; otherwise null. */
  readonly arrived: Promise<CreatedApiToken> | null
  readonly children: ReactNode
}

/** Shows the sign-in until a user is signed in. */
export function SessionGate({ arrived, children }: SessionGateProps) {
  const queries = useQueryClient()
  const [signedIn, setSignedIn] = useState<SignedIn | null>(null)
  const [why, setWhy] = useState<SignedOut | null>(null)
  const [hasExpired, setExpired] = useState(false)
  const [leaves, setLeaves] = useState(0)
  const [isArriving, setArriving] = useState(arrived !== null)
  const [arrivalError, setArrivalError] = useState<unknown>(null)
  const begin = useCallback((token: string, me: ApiToken, isTyped: boolean) => {
    keepToken(token)
    setArrivalError(null)
    setExpired(false)
    setSignedIn({ token, me, isTyped })
  }, [])
  useEffect(() => {
    arrived
      ?.then(({ token, ...me }) => begin(token, me, true))
      .catch(setArrivalError)
      .finally(() => setArriving(false))
  }, [arrived, begin])

  const leave = useCallback(
    (reason: SignedOut) => {
      forgetToken()
      setWhy(reason)
      setExpired(reason === 'expired')
      if (reason === 'expired') return
      queries.clear()
      setSignedIn(null)
      setLeaves((before) => before + 1)
    },
    [queries],
  )
  const signOut = useCallback(
    (reason: SignedOut = 'asked') => {
      if (reason === 'asked') {
        if (signedIn !== null) endSession(signedIn)
        signOutEverywhere()
      }
      leave(reason)
    },
    [leave, signedIn],
  )
  useEffect(() => watchSignOut(() => leave('asked')), [leave])
  useEffect(() => (signedIn === null ? undefined : handOver(signedIn.isTyped)), [signedIn])
  // Whichever call meets it first: a token that is rejected once is of no more use to the page.
  useEffect(() => {
    const look = (event: QueryCacheNotifyEvent | MutationCacheNotifyEvent) => {
      if (event.type !== 'updated' || event.action.type !== 'error') return
      const refusal = tokenRefusalIn(event.action.error)
      if (refusal !== null) signOut(refusal)
    }
    const ends = [queries.getQueryCache().subscribe(look), queries.getMutationCache().subscribe(look)]
    return () => ends.forEach((end) => end())
  }, [queries, signOut])
  const session = useMemo((): Session | null => {
    if (signedIn === null) return null
    return {
      client: clientWith(signedIn.token),
      me: signedIn.me,
      may: (role) => rank[signedIn.me.role] >= rank[role],
      signOut,
    }
  }, [signedIn, signOut])

  if (session === null && isArriving) return <SigningIn />
  const signIn = (
    <SignIn
      // A check that began before a sign-out elsewhere signs no user in after it.
      key={leaves}
      kept={readToken()}
      isNewTab={why === null}
      isAbovePage={session !== null}
      refusal={why === 'asked' ? null : why}
      arrivalError={why === null ? arrivalError : null}
      onSignedIn={(token, me, isTyped) => {
        if (signedIn !== null && reachOf(me) !== reachOf(signedIn.me)) queries.clear()
        begin(token, me, isTyped)
      }}
      onRefused={(refusal) => {
        forgetToken()
        setWhy(refusal)
      }}
    />
  )
  if (session === null) return signIn
  return (
    <SessionContext value={session}>
      <Fragment key={reachOf(session.me)}>{children}</Fragment>
      {hasExpired && <SignInAbove>{signIn}</SignInAbove>}
    </SessionContext>
  )
}

/** Who it is and what they may see: for anything else, the page starts over. */
const reachOf = ({ role, cloud_ids, identity }: ApiToken): string => JSON.stringify([role, cloud_ids, identity])

/** A token that an administrator created outlives a sign-out; a session does not. If nobody hears of it, it ends by itself. */
function endSession({ token, me }: SignedIn): void {
  if (me.identity === null) return
  clientWith(token)
    .apiTokens.signOut()
    .catch(() => undefined)
}
