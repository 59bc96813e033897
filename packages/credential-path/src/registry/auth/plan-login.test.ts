/** How a challenge is answered without a login: which realms may be asked for a token that everybody gets. */
import { describe, expect, test } from 'vitest'
import { planLogin } from './plan-login.ts'

const https = { registry: 'registry.example.com', scheme: 'https', host: 'registry.example.com', port: 443 } as const
const http = { registry: 'plain.test:5000', scheme: 'http', host: 'plain.test', port: 5000 } as const

/** `asked`, or the code of the refusal. */
function anonymously(at: typeof https | typeof http, realm: string): string {
  const challenges = [{ scheme: 'bearer', params: new Map([['realm', realm]]), token68: null }]
  try {
    planLogin({
      endpoint: { ...at, anonymousOnly: at.scheme === 'http' },
      challenges,
      hasLogin: false,
      trustedRealms: [],
    })
    return 'asked'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('without a login', () => {
  test.each([
    [https, 'https://auth.example.com/token', 'asked'],
    [http, 'https://auth.example.com/token', 'asked'],
    [http, 'http://plain.test:5001/token', 'asked'],
    [https, 'http://auth.example.com/token', 'TOKEN_REALM_NOT_TRUSTED'],
    [https, 'http://registry.example.com/token', 'TOKEN_REALM_NOT_TRUSTED'],
    [http, 'http://auth.example.com/token', 'TOKEN_REALM_NOT_TRUSTED'],
    [https, 'ftp://auth.example.com/token', 'TOKEN_REALM_NOT_TRUSTED'],
  ] as const)('S2: a registry at %j that names the realm %s: %s', (at, realm, outcome) => {
    expect(anonymously(at, realm)).toBe(outcome)
  })
})
