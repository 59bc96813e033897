/**
 * Whether a registry proved that it knows a login, or let it in like anyone: Harbor issues an anonymous token for a wrong password if the
 * image is public, and zot asks for no login at all there.
 */
import { isProblem } from '@fairlead/contract/problems'
import { acceptManifests } from '../image/manifest.ts'
import type { RegistrySession } from '../session.ts'

/** To be called once the login was sent. `openSession` opens one without a login. Throws only what ends the caller. */
export async function isLoginProved(
  session: RegistrySession,
  openSession: () => RegistrySession,
  reference: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (await session.isKnown(signal)) return true
  // A realm may issue tokens that say nothing about `/v2/`; if the image is refused without the login, the login gave access.
  return (await lookWithoutLogin(openSession(), reference, signal)) === 'refused'
}

/** Whether the manifest is available anonymously; `HEAD` does not count as a pull. */
export async function lookWithoutLogin(
  session: RegistrySession,
  reference: string,
  signal: AbortSignal,
): Promise<'open' | 'refused' | 'unknown'> {
  const path = `/v2/${session.repository}/manifests/${reference}`
  try {
    await session.challenge(signal)
    await session.login(signal)
    const { status } = await session.whole({ method: 'HEAD', path, headers: acceptManifests }, 0, signal)
    if (status === 200) return 'open'
    return status === 401 || status === 403 || status === 404 ? 'refused' : 'unknown'
  } catch (error) {
    if (!isProblem(error)) throw error
    return refusals.has(error.code) ? 'refused' : 'unknown'
  }
}

const refusals: ReadonlySet<string> = new Set([
  'REGISTRY_AUTH_MISSING',
  'REGISTRY_ACCESS_DENIED',
  'REGISTRY_LOGIN_REJECTED',
])
