/** Findings of a check that did not fail: a closed list, so that a node can report it (S6), and its sentences. */
import { z } from 'zod'
import type { ConfigWarning } from './cluster-environment.ts'

export const CheckAdvice = z.enum(['LOGIN_MAY_PUSH', 'LOGIN_NOT_NEEDED', 'LOGIN_UNPROVED', 'RATE_LIMIT_LOW'])
export type CheckAdvice = z.infer<typeof CheckAdvice>

/** `{registry}` is replaced with the registry of the image. */
const sentences = {
  LOGIN_MAY_PUSH: {
    what: 'the login may also push to this repository of {registry}, which a pull does not need',
    fix: 'Store a login with read-only access in the secret.',
  },
  LOGIN_NOT_NEEDED: {
    what: '{registry} serves this image to everybody, so it needs no secret',
    fix: 'Leave registry_login_secret out; or, if the image should be private, ask whoever pushes it.',
  },
  LOGIN_UNPROVED: {
    what: '{registry} serves this image to everybody and did not confirm the login, so the username or password may be wrong',
    fix: 'Check the login with an image that needs it; or leave registry_login_secret out.',
  },
  RATE_LIMIT_LOW: {
    what: '{registry} has few pulls left for this login or address',
    fix: 'Wait, or use a login with a higher limit; each starting node uses one pull.',
  },
} as const satisfies Record<CheckAdvice, { what: string; fix: string }>

export interface Advice {
  readonly code: CheckAdvice
  readonly what: string
  readonly fix: string
}

export function adviceFor(code: CheckAdvice, registry: string): Advice {
  const { what, fix } = sentences[code]
  return { code, what: what.replace('{registry}', registry), fix }
}

/** The same, in the form of the warnings that come from the configuration itself. */
export function adviceAsWarning(code: CheckAdvice, registry: string): ConfigWarning {
  const { what, fix } = adviceFor(code, registry)
  return {
    code,
    path: 'registry_login_secret',
    detail: `${what}; ${fix.replace(/^./, (first) => first.toLowerCase()).replace(/\.$/, '')}`,
  }
}
