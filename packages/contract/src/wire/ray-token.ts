/**
 * Ray's own token authentication: one token per start of a cluster, which Ray asks for at every port of its control plane (GCS, Ray Client,
 * dashboard, raylets). The control plane creates it; nodes and users of the cluster get it.
 */
import { rayRelease } from '../names/versions.ts'

/** Ray supports it from 2.52.0 on; earlier versions ignore these variables. */
export function takesRayToken(rayVersion: string): boolean {
  const release = rayRelease(rayVersion)
  return release !== null && (release.major > 2 || (release.major === 2 && release.minor >= 52))
}

/** With these an environment could disable it, or choose a token that others know. */
const ownVariables = new Set(['RAY_AUTH_MODE', 'RAY_AUTH_TOKEN', 'RAY_AUTH_TOKEN_PATH', 'RAY_ENABLE_K8S_TOKEN_AUTH'])

export function isRayTokenVariable(name: string): boolean {
  return ownVariables.has(name)
}

/** The environment a program needs so that `ray.init()` reaches the cluster: Ray reads these variables on import. */
export function rayEnvironment(connection: { ray_address: string; ray_token: string | null }): Record<string, string> {
  return {
    RAY_ADDRESS: connection.ray_address,
    ...(connection.ray_token !== null && { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN: connection.ray_token }),
  }
}
