/** What doctor checks beyond a pull: whether the login could push. Nothing that is granted is used. */
import { isProblem } from '@fairlead/contract/problems'
import type { RegistrySession } from '../session.ts'

/** Null if it cannot be known without a push: Basic, an unreadable token, or a failing realm. */
export async function mayPush(session: RegistrySession, signal: AbortSignal): Promise<boolean | null> {
  try {
    await session.challenge(signal)
    const granted = await session.grants(signal)
    return granted && granted.some((action) => action === 'push' || action === '*')
  } catch (error) {
    if (!isProblem(error)) throw error
    // A realm that gives nothing rather than less: the login itself was accepted a moment ago.
    return isProblem(error, 'REGISTRY_ACCESS_DENIED') || isProblem(error, 'REGISTRY_LOGIN_REJECTED') ? false : null
  }
}
