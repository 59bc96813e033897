/** Answers of `fairlead explain`, offline, by the same functions a node uses; their keys are those of the shared vectors. */
import { createHash } from 'node:crypto'
import { parseRegistryHost } from '@fairlead/contract/names'
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { parseLoginDocument } from './match/login-document.ts'
import { parseChallenges } from './registry/auth/challenge.ts'
import { judgeRealm, type RealmPair } from './registry/auth/realm-policy.ts'
import { parseStrictUrl } from './registry/http/strict-url.ts'

export interface SecretDocumentAnswer {
  readonly ok?: {
    readonly username: string
    readonly server: string
    readonly ignoredKeys: readonly string[]
    /** Only on request; never the password. */
    readonly passwordSha256?: string
  }
  readonly error?: ProblemCode
  readonly field?: string
}

export function explainSecretDocument(
  bytes: Uint8Array,
  { fingerprint = false }: { fingerprint?: boolean } = {},
): SecretDocumentAnswer {
  try {
    const { login, ignoredKeys } = parseLoginDocument(bytes)
    const shown = <Text>(text: Text): Text => text
    const hashed = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')
    return {
      ok: {
        username: login.username.spend(shown),
        server: login.server.spend(shown),
        ...(fingerprint && { passwordSha256: login.password.spend(hashed) }),
        ignoredKeys,
      },
    }
  } catch (error) {
    if (!isProblem(error)) throw error
    const { field } = error.facts
    return { error: error.code, ...(field !== undefined && { field: String(field) }) }
  }
}

export interface ChallengeAnswer {
  readonly ok?: readonly {
    readonly scheme: string
    readonly params: Readonly<Record<string, string>>
    readonly token68?: string
  }[]
  readonly error?: ProblemCode
}

export function explainChallenge(headers: readonly string[]): ChallengeAnswer {
  const challenges = parseChallenges(headers)
  if (challenges === 'malformed') return { error: 'CHALLENGE_MALFORMED' }
  return {
    ok: challenges.map(({ scheme, params, token68 }) => ({
      scheme,
      params: Object.fromEntries(params),
      ...(token68 !== null && { token68 }),
    })),
  }
}

export interface RealmQuestion {
  /** host[:port] */
  readonly registry: string
  readonly realm: string
  /** What the node's own file lists. */
  readonly localPairs?: readonly RealmPair[]
}

/** An omitted port defaults to that of the realm's scheme: a loopback registry's scheme is in the node's file. */
export function explainRealm({ registry, realm, localPairs = [] }: RealmQuestion): { readonly allowed: boolean } {
  const host = parseRegistryHost(registry)
  if (host === null) return { allowed: false }
  const port = host.port ?? (host.isLoopback && parseStrictUrl(realm)?.scheme === 'http' ? 80 : 443)
  return { allowed: judgeRealm({ registry: host.key, port }, realm, localPairs) === 'trusted' }
}
