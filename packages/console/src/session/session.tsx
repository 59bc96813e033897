/** Who is signed in, and with which client they ask. Below `SessionGate` there is always one. */
import type { ApiToken, Role } from '@fairlead/contract'
import type { FairleadClient } from '@fairlead/sdk'
import { useQueryClient, type MutationCacheNotifyEvent, type QueryCacheNotifyEvent } from '@tanstack/react-query'
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { clientWith, isSignedOutBy } from './client.ts'
import { SignIn } from './sign-in.tsx'
import { forgetToken, keepToken, readToken } from './token.ts'

export interface Session {
  readonly client: FairleadClient
  readonly me: ApiToken
  /** Whether the role of the token allows what this one may do. */
  readonly may: (role: Role) => boolean
  readonly signOut: (why?: SignedOut) => void
}

/** `refused`: the control plane no longer takes the token. */
export type SignedOut = 'asked' | 'refused'

const rank: Record<Role, number> = { viewer: 0, developer: 1, admin: 2 }
const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = use(SessionContext)
  if (session === null) throw new Error('there is no session outside of SessionGate')
  return session
}

/** Shows the sign-in until somebody is signed in. */
export function SessionGate({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const [signedIn, setSignedIn] = useState<{ token: string; me: ApiToken } | null>(null)
  const [why, setWhy] = useState<SignedOut | null>(null)

  const signOut = useCallback(
    (reason: SignedOut = 'asked') => {
      forgetToken()
      queries.clear()
      setSignedIn(null)
      setWhy(reason)
    },
    [queries],
  )
  // Whichever call meets it first: a token that is refused once is of no more use to the page.
  useEffect(() => {
    const look = (event: QueryCacheNotifyEvent | MutationCacheNotifyEvent) => {
      if (event.type !== 'updated' || event.action.type !== 'error') return
      if (isSignedOutBy(event.action.error)) signOut('refused')
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

  if (session === null) {
    return (
      <SignIn
        kept={readToken()}
        refused={why === 'refused'}
        onSignedIn={(token, me) => {
          keepToken(token)
          setSignedIn({ token, me })
        }}
        onRefused={() => {
          forgetToken()
          setWhy('refused')
        }}
      />
    )
  }
  return <SessionContext value={session}>{children}</SessionContext>
}
