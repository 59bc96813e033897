/** Every way a registry may misbehave before an image is admitted, by what it misuses; and the control, which does not. */
import { challengeCases } from './challenge-cases.ts'
import { faultCases } from './fault-cases.ts'
import { manifestCases } from './manifest-cases.ts'
import { addressCases, redirectCases } from './redirect-cases.ts'
import type { RogueCase } from './rogue-case.ts'
import { tokenCases } from './token-cases.ts'

export const honestRegistry: RogueCase = { name: 'honest', rule: 'S2', what: 'does what it should', code: null }

export const registryCases = {
  challenges: challengeCases,
  tokens: tokenCases,
  manifests: manifestCases,
  addresses: addressCases,
  redirects: redirectCases,
  faults: faultCases,
} as const satisfies Record<string, readonly RogueCase[]>
