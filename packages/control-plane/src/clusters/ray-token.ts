/** Makes the token that Ray asks for in one start of a cluster. Unlike tokens of users it is kept as it is, since nodes and users are given it. */
import { randomBytes } from 'node:crypto'
import type { RayToken } from '@fairlead/contract/wire'

/** 256 random bits (S10). */
export function newRayToken(): RayToken {
  return `frt_${randomBytes(32).toString('base64url')}`
}
