/**
 * Ray's own token authentication: one token a start of a cluster, which Ray asks for at every port of its control plane (GCS, Ray Client,
 * dashboard, raylets). The control plane makes it; nodes and who may use the cluster get it.
 */
import { z } from 'zod'
import { rayRelease } from '../names/versions.ts'

/** 256 random bits behind a prefix, by which a search for leaked secrets knows them. */
export const RayToken = z.string().regex(/^frt_[A-Za-z0-9_-]{43}$/)
export type RayToken = z.infer<typeof RayToken>

/** Ray has it from 2.52.0 on; what an earlier one does with the same variables is nothing. */
export function takesRayToken(rayVersion: string): boolean {
  const release = rayRelease(rayVersion)
  return release !== null && (release.major > 2 || (release.major === 2 && release.minor >= 52))
}

/** With these an environment could switch it off, or choose a token that others know. */
const ownVariables = new Set(['RAY_AUTH_MODE', 'RAY_AUTH_TOKEN', 'RAY_AUTH_TOKEN_PATH', 'RAY_ENABLE_K8S_TOKEN_AUTH'])

export function isRayTokenVariable(name: string): boolean {
  return ownVariables.has(name)
}

/** What a program needs around it so that `ray.init()` reaches the cluster: Ray reads these when it is imported. */
export function rayEnvironment(connection: { ray_address: string; ray_token: string | null }): Record<string, string> {
  return {
    RAY_ADDRESS: connection.ray_address,
    ...(connection.ray_token !== null && { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN: connection.ray_token }),
  }
}
