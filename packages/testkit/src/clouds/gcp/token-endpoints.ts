/** Where a key file and a federation get their tokens: OAuth's JWT bearer grant (RFC 7523) and the security token service (RFC 8693). */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { jwtVerify } from 'jose'
import type { AccessTokens } from './access-tokens.ts'
import type { GoogleAnswer } from './answer.ts'

export interface TokenEndpoints {
  /** The public keys of service accounts, by e-mail address. */
  readonly keys: Map<string, KeyObject>
  /** What a federation's provider accepts: the subject of each of its tokens. */
  readonly subjects: Map<string, string>
  oauth(form: URLSearchParams): Promise<GoogleAnswer>
  sts(form: URLSearchParams): GoogleAnswer
}

const refused = (error: string): GoogleAnswer => ({ status: 400, body: { error, error_description: 'refused' } })

export function tokenEndpoints(tokens: AccessTokens): TokenEndpoints {
  const keys = new Map<string, KeyObject>()
  const subjects = new Map<string, string>()
  return {
    keys,
    subjects,
    async oauth(form) {
      if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
        return refused('unsupported_grant_type')
      }
      const assertion = form.get('assertion') ?? ''
      for (const [email, key] of keys) {
        const checks = { issuer: email, audience: 'https://oauth2.googleapis.com/token', algorithms: ['RS256'] }
        const proved = await jwtVerify(assertion, createPublicKey(key.export({ type: 'spki', format: 'pem' })), checks)
          .then(({ payload }) => typeof payload['scope'] === 'string')
          .catch(() => false)
        if (proved) return { status: 200, body: tokens.issue({ member: `serviceAccount:${email}` }) }
      }
      return refused('invalid_grant')
    },
    sts(form) {
      const subject = subjects.get(form.get('subject_token') ?? '')
      if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:token-exchange') {
        return refused('unsupported_grant_type')
      }
      const pool = /^\/\/(iam\.googleapis\.com\/.+)\/providers\/[^/]+$/.exec(form.get('audience') ?? '')?.[1]
      if (subject === undefined || pool === undefined) return refused('invalid_grant')
      const token = tokens.issue({ member: `principal://${pool}/subject/${subject}` })
      return { status: 200, body: { ...token, issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' } }
    },
  }
}
