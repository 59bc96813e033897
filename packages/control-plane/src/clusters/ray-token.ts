/** Creates the token that Ray requires for one start of a cluster. Unlike user tokens it is stored in clear, since nodes and users are given it. */
import { randomBytes } from 'node:crypto'
import type { RayToken } from '@fairlead/contract/wire'

/** 256 random bits (S10). */
export function newRayToken(): RayToken {
  return `frt_${randomBytes(32).toString('base64url')}`
}
