/**
 * Hands the token from tab to tab, so that a link opened in a new tab asks for none. The channel belongs to the page's origin, port included:
 * Ray's dashboard on another port of the same host is not on it. Nothing is stored: if no tab is signed in, none answers.
 */
import { apiTokenPattern } from '@fairlead/contract/wire'
import { z } from 'zod'
import { TabChannel } from '../tabs/tab-channel.ts'
import { lastSignOut, readToken } from './token.ts'

const channelName = 'fairlead.session'

const Said = z.union([
  z.strictObject({ kind: z.literal('ask') }),
  /** Carries the sign-out mark it was kept under: a token in transit during another sign-out is not accepted. */
  z.strictObject({ kind: z.literal('token'), token: z.string().regex(apiTokenPattern), signOut: z.string() }),
])

/** While a tab is signed in. `isNew`: its token was typed here, and tabs that show the sign-in may continue with it. */
export function handOver(isNew: boolean): () => void {
  const channel = new TabChannel(channelName, Said, (said) => {
    if (said.kind === 'ask') tell()
  })
  const tell = () => {
    const token = readToken()
    if (token !== null) channel.say({ kind: 'token', token, signOut: lastSignOut() })
  }
  if (isNew) tell()
  return () => channel.close()
}

/** While a tab is signed out: accepts what another one hands over. `asks`: now. */
export function awaitToken(asks: boolean, onToken: (token: string) => void): () => void {
  const channel = new TabChannel(channelName, Said, (said) => {
    if (said.kind === 'token' && said.signOut === lastSignOut()) onToken(said.token)
  })
  if (asks) channel.say({ kind: 'ask' })
  return () => channel.close()
}
