/** Which secret references may be named, and for which registries (S13). The control plane and the node use the same check. */
import type { Provider } from './provider.ts'
import { isProblem, problem } from '../problems/problem.ts'
import { parseRegistryHost } from './registry-host.ts'
import {
  canonicalReference,
  parseSecretReference,
  type SecretContext,
  type SecretReference,
} from './secret-reference.ts'

export interface SecretGrant {
  /** One exact reference, or all that start with it if it ends in `/`. */
  readonly reference: string
  /** The registries that the secret serves; empty means any. */
  readonly registries?: readonly string[] | undefined
}

/** True if a grant covers the reference for this registry; a grant limited to registries does not cover an unknown one. */
export function referenceGranted(
  grants: readonly SecretGrant[],
  reference: SecretReference,
  registryKey: string | null,
  provider: Provider,
  context: SecretContext,
): boolean {
  if (reference.provider !== provider) return false
  const wanted = canonicalReference(inOwnTerms(reference, context))
  return grants.some((grant) => serves(grant, registryKey) && covers(grant.reference, wanted, provider, context))
}

/** Parses a grant's reference; throws SECRET_REF_INVALID if it could never cover anything. */
export function grantMatch(provider: Provider, reference: string, context: SecretContext): 'exact' | 'prefix' {
  if (!reference.endsWith('/')) {
    parseSecretReference(provider, reference, context)
    return 'exact'
  }
  if (canonicalPrefix(provider, reference, context) === null) {
    throw problem('SECRET_REF_INVALID', { reason: 'no reference of this provider can start with that prefix' })
  }
  return 'prefix'
}

function serves({ registries = [] }: SecretGrant, registryKey: string | null): boolean {
  if (registries.length === 0) return true
  return registryKey !== null && registries.some((registry) => parseRegistryHost(registry)?.key === registryKey)
}

function covers(granted: string, wanted: string, provider: Provider, context: SecretContext): boolean {
  if (!granted.endsWith('/')) return canonicalText(provider, granted, context) === wanted
  const prefix = canonicalPrefix(provider, granted, context)
  return prefix !== null && wanted.startsWith(prefix)
}

/** Suffixes that turn a prefix into a whole reference, and what each adds to the canonical text. */
const completions: Record<Provider, readonly (readonly [text: string, canonical: string])[]> = {
  aws: [
    ['x', 'x'],
    ['x-AAAAAA', 'x'],
  ],
  gcp: [
    ['secrets/x/versions/1', 'secrets/x'],
    ['x/versions/1', 'x'],
  ],
  local: [],
}

function canonicalPrefix(provider: Provider, prefix: string, context: SecretContext): string | null {
  for (const [text, canonical] of completions[provider]) {
    const whole = canonicalText(provider, prefix + text, context)
    if (whole !== null) return whole.slice(0, -canonical.length)
  }
  return null
}

function canonicalText(provider: Provider, text: string, context: SecretContext): string | null {
  try {
    return canonicalReference(inOwnTerms(parseSecretReference(provider, text, context), context))
  } catch (error) {
    // An unreadable grant covers nothing.
    if (isProblem(error)) return null
    throw error
  }
}

/** A bare name belongs to the node's own account and region, or project; the own project has one name, though it may be typed as a number. */
function inOwnTerms(reference: SecretReference, context: SecretContext): SecretReference {
  if (reference.provider === 'aws' && reference.kind === 'name') {
    return parseSecretReference('aws', reference.secretId, context)
  }
  if (reference.provider !== 'gcp') return reference
  const isOwn = reference.kind === 'name' || reference.project === context.projectNumber
  return isOwn ? { ...reference, project: context.projectId ?? reference.project } : reference
}
