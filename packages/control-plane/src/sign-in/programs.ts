/** A program signs in with the ID token of the platform that runs it: GitHub, GitLab, or any other issuer that the operator names. */
import { problem } from '@fairlead/contract/problems'
import { decodeJwt } from 'jose'
import { IdentityProvider, type IdTokenClaims } from './identity-provider.ts'
import type { Clock } from '../clock.ts'
import type { ProgramSettings } from './settings.ts'

export interface SignedInProgram {
  readonly claims: IdTokenClaims
  readonly settings: ProgramSettings
}

export class ProgramsSignIn {
  readonly #issuers: readonly { readonly settings: ProgramSettings; readonly provider: IdentityProvider }[]
  readonly #origin: string

  constructor(programs: readonly ProgramSettings[], { origin, clock }: { origin: string; clock: Clock }) {
    this.#issuers = programs.map((settings) => ({ settings, provider: new IdentityProvider(settings.issuer, clock) }))
    this.#origin = origin
  }

  /** Throws ID_TOKEN_INVALID or IDENTITY_PROVIDER_UNREACHABLE. */
  async recognise(token: string): Promise<SignedInProgram> {
    const issuer = claimedIssuer(token)
    const found = this.#issuers.find(({ provider }) => issuer !== null && provider.isNamed(issuer))
    if (found === undefined) throw refused('it is from no issuer that this control plane accepts')
    const judged = await found.provider.judge(token, { audience: this.#origin, fromStranger: true })
    if (!('claims' in judged)) throw refused(judged.refusedBecause)
    return { claims: judged.claims, settings: found.settings }
  }
}

const refused = (reason: string) => problem('ID_TOKEN_INVALID', { reason })

/** Only chooses whose keys the token is then verified with. */
function claimedIssuer(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null
  } catch {
    return null
  }
}
