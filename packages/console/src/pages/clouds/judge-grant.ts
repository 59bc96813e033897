/** Judges a grant as it is typed, with the functions that the control plane uses, and says what it would cover. */
import { grantMatch, looksLikeSecret, parseRegistryHost, parseSecretReference } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import { type Cloud, type CreateGrant, type Grant } from '@fairlead/contract/wire'
import { contextOf, secretFacts, type Facts } from '../../environment-form/meaning.ts'
import { sentence } from '../../ui/sentence.ts'

export interface GrantJudgement {
  readonly referenceFault: string | null
  readonly registriesFault: string | null
  /** What it covers, once the reference is readable. */
  readonly facts: Facts | null
  /** Null while something is missing or wrong. */
  readonly body: CreateGrant | null
}

export function judgeGrant(
  cloud: Cloud,
  grants: readonly Grant[],
  typed: { readonly reference: string; readonly registries: string },
): GrantJudgement {
  const reference = judgeReference(cloud, typed.reference)
  const registries = judgeRegistries(typed.registries)
  const isThere = reference.facts !== null && grants.some((grant) => isSame(grant, typed.reference, registries.keys))
  const referenceFault = isThere ? 'This grant already exists.' : reference.fault
  const isSound = reference.facts !== null && referenceFault === null && registries.fault === null
  return {
    referenceFault,
    registriesFault: registries.fault,
    facts: reference.facts,
    body: isSound ? { reference: typed.reference, registries: [...registries.keys] } : null,
  }
}

/** The message for text that is itself a secret (S22); null for any other. */
export function secretFault(text: string): string | null {
  if (!looksLikeSecret(text)) return null
  const { what, fix } = problem('REFERENCE_LOOKS_LIKE_A_SECRET')
  return `${sentence(what)} ${fix}`
}

function judgeReference(cloud: Cloud, text: string): { fault: string | null; facts: Facts | null } {
  if (text === '') return { fault: null, facts: null }
  const secret = secretFault(text)
  if (secret !== null) return { fault: secret, facts: null }
  try {
    const context = contextOf(cloud)
    if (grantMatch(cloud.provider, text, context) === 'prefix') {
      return { fault: null, facts: [['covers', `every secret whose name starts with ${text}`]] }
    }
    return { fault: null, facts: secretFacts(parseSecretReference(cloud.provider, text, context), cloud) }
  } catch (error) {
    if (isProblem(error)) return { fault: sentence(String(error.facts.reason ?? error.what)), facts: null }
    throw error
  }
}

/** Separated by spaces, commas or lines. */
function judgeRegistries(text: string): { fault: string | null; keys: readonly string[] } {
  const keys: string[] = []
  for (const word of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const registry = parseRegistryHost(word)
    if (registry === null) return { fault: 'Enter host[:port] of each registry, such as registry.example.com.', keys }
    keys.push(registry.key)
  }
  return { fault: null, keys: [...new Set(keys)] }
}

function isSame(grant: Grant, reference: string, registries: readonly string[]): boolean {
  if (grant.reference !== reference || grant.registries.length !== registries.length) return false
  return registries.every((registry) => grant.registries.includes(registry))
}
