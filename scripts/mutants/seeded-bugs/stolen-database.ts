/** Bugs against what docs/threat-model.md says under "Who steals the database or a backup". */
import type { SeededBug } from '../seeded-bug.ts'
import { contract, controlPlane } from './sources.ts'

export const stolenDatabase: readonly SeededBug[] = [
  {
    name: 'seal kept answers under a constant',
    rule: 'S10',
    file: `${controlPlane}/http/idempotency.ts`,
    replace: "hkdfSync('sha256', token, key,",
    by: "hkdfSync('sha256', token.slice(0, 0), key,",
    testFile: `${controlPlane}/http/idempotency.test.ts`,
    test: 'S10: an answer that is kept opens with the token of its caller, and with no other',
  },
  {
    name: 'keep a token that was pasted as a tag',
    rule: 'S22',
    file: `${contract}/environment-config.ts`,
    replace: "holdsToken(image.tag ?? '')",
    by: 'false',
    testFile: `${controlPlane}/http/api.test.ts`,
    test: 'a pasted password (S22) > is refused as a tag, as the name of an env var, and as the name of what is made',
  },
  {
    name: 'keep a token that was pasted as the name of an env var',
    rule: 'S22',
    file: `${contract}/env-vars.ts`,
    replace: 'holdsToken(name)',
    by: 'false',
    testFile: `${controlPlane}/http/api.test.ts`,
    test: 'a pasted password (S22) > is refused as a tag, as the name of an env var, and as the name of what is made',
  },
  {
    name: 'keep a token that was pasted as a name',
    rule: 'S22',
    file: `${contract}/name.ts`,
    replace: '!holdsToken(name)',
    by: 'true',
    testFile: `${controlPlane}/http/api.test.ts`,
    test: 'a pasted password (S22) > is refused as a tag, as the name of an env var, and as the name of what is made',
  },
  {
    name: 'know no token of npm',
    rule: 'S22',
    file: `${contract}/looks-like-secret.ts`,
    replace: 'npm_(?=[A-Za-z0-9]{0,35}[A-Z])',
    by: 'npm_(?=[A-Za-z0-9]{99}[A-Z])',
    testFile: `${contract}/looks-like-secret.test.ts`,
    test: 'S22: a whole token is found in a name or tag, whatever stands before it',
  },
  {
    name: 'keep a reference that looks like a secret',
    rule: 'S22',
    file: `${contract}/secret-reference.ts`,
    replace: "if (looksLikeSecret(text)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')",
    by: '',
    testFile: `${controlPlane}/http/api.test.ts`,
    test: 'a pasted password (S22) > is refused as a reference and as a grant, without being repeated, stored or logged',
  },
]
