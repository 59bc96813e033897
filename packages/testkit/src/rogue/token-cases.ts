/** Token realms that give no token, too much, or somebody else's. */
import { answer, drip, elsewhere, flood, gzipBomb, hangUp, silence, token } from './behaviour.ts'
import type { Behaviour, RogueCase } from './rogue-case.ts'

const realm = (
  name: string,
  what: string,
  behaviour: Behaviour,
  code = 'TOKEN_ANSWER_INVALID',
  rule = 'S9',
): RogueCase => ({
  name,
  rule,
  what: `has a token realm that ${what}`,
  code,
  does: { token: behaviour },
})

const mib = 1024 * 1024
const later = { token: 'rogue-token-of-another-repository' }

export const tokenCases: readonly RogueCase[] = [
  realm('token-redirect', 'redirects to another host', elsewhere('/token'), 'REGISTRY_REDIRECT_REFUSED', 'S2'),
  realm('token-redirect-303', 'redirects with 303', elsewhere('/token', 303), 'REGISTRY_REDIRECT_REFUSED', 'S2'),
  realm('token-vast', 'answers with 64 MiB', flood(200, 64 * mib)),
  realm('token-endless', 'never stops to answer', flood(200, Number.POSITIVE_INFINITY)),
  realm('token-drip', 'answers with a byte now and then', drip(200), 'TOKEN_REALM_UNREACHABLE'),
  realm('token-silent', 'never answers', silence, 'TOKEN_REALM_UNREACHABLE'),
  realm('token-cut', 'hangs up', hangUp, 'TOKEN_REALM_UNREACHABLE'),
  realm('token-bomb', 'answers with a gzip bomb', gzipBomb),
  realm('token-text', 'answers with a page', answer(200, {}, '<html>Log in</html>')),
  realm('token-none', 'answers with no token', token({ expires_in: 60 })),
  realm('token-number', 'answers with a number for a token', token({ token: 42 })),
  realm('token-list', 'answers with a list', token([{ token: 'a' }])),
  realm('token-line-break', 'gives a token with a line break', token({ token: 'a\r\nx-evil: b' })),
  realm('token-space', 'gives a token with a space', token({ access_token: 'a b' })),
  realm('token-long', 'gives a token of 20 KiB', token({ token: 'a'.repeat(20 * 1024) })),
  realm('token-deep', 'answers with lists in lists', answer(200, {}, '['.repeat(60_000))),
  realm('token-refused', 'refuses the login', answer(401), 'REGISTRY_LOGIN_REJECTED', 'S24'),
  realm('token-forbidden', 'forbids the login, whatever it is for', answer(403), 'REGISTRY_LOGIN_REJECTED', 'S24'),
  realm('token-failed', 'fails', answer(500), 'TOKEN_REALM_FAILED', 'S9'),
  realm('token-limited', 'limits the rate', answer(429), 'REGISTRY_RATE_LIMITED', 'S9'),
  {
    ...realm('token-scope', 'gives a token for something else', token(later), 'REGISTRY_ACCESS_DENIED', 'S2'),
    does: {
      token: token(later),
      manifest: answer(401, { 'www-authenticate': 'Bearer realm="https://x.test/",error="insufficient_scope"' }),
    },
  },
  {
    ...realm(
      'token-useless',
      'gives tokens that the registry never takes',
      token(later),
      'REGISTRY_ACCESS_DENIED',
      'S2',
    ),
  },
]
