/** What a doctor wants to know beyond a pull: whether the login could push, and whether it is needed at all. Nothing that is granted is used. */
import { isProblem } from '@fairlead/contract'
import { manifestTypes } from './manifest.ts'
import type { RegistrySession } from './session.ts'

/** Null where it cannot be told without a push: Basic, a token that cannot be read, or a realm that fails. */
export async function mayPush(session: RegistrySession, signal: AbortSignal): Promise<boolean | null> {
  try {
    await session.challenge(signal)
    const granted = await session.grants(signal)
    return granted && granted.some((action) => action === 'push' || action === '*')
  } catch (error) {
    if (!isProblem(error)) throw error
    // A realm that gives nothing rather than less: the login itself was good a moment ago.
    return isProblem(error, 'REGISTRY_ACCESS_DENIED') || isProblem(error, 'REGISTRY_LOGIN_REJECTED') ? false : null
  }
}

/** Whether the manifest is there for a session without a login; `HEAD` counts as no pull. */
export async function isOpenToAll(session: RegistrySession, reference: string, signal: AbortSignal): Promise<boolean> {
  const accept = [...manifestTypes.index, ...manifestTypes.image].join(', ')
  const path = `/v2/${session.repository}/manifests/${reference}`
  try {
    await session.challenge(signal)
    await session.login(signal)
    return (await session.whole({ method: 'HEAD', path, headers: { accept } }, 0, signal)).status === 200
  } catch (error) {
    // Any refusal, and any failure, says that it is not known to be open.
    if (!isProblem(error)) throw error
    return false
  }
}
