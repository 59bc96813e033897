/** Gitea: offers a token realm and Basic at once, and answers 401 to users who may log in but not pull. */
import { bearer, errorBody, manifestUnknown, nameUnknown, type Answer, type Product, type Realm } from './product.ts'

const host = 'gitea.example.com'
const required = errorBody('UNAUTHORIZED', 'authentication required')

const realm: Realm = {
  host,
  path: '/v2/token',
  answer(caller, _, issue) {
    if (caller === 'unknown' || caller === 'expired') return { status: 401, body: required }
    return { status: 200, body: { token: issue() } }
  },
}

const refusal: Answer = {
  status: 401,
  headers: bearer(realm, 'container_registry', ',scope="*", Basic realm="Gitea Container Registry"'),
  body: required,
}

export const gitea: Product = {
  name: 'gitea',
  documents: ['https://docs.gitea.com/usage/packages/container'],
  registry: host,
  contact: host,
  repository: 'team/app',
  logins: {
    reader: { username: 'ray-pull', password: 'canary-Gitea29XbNq7Lw' },
    outsider: { username: 'somebody', password: 'canary-GiteaOther61Fd' },
  },
  realm,
  needsPair: false,
  refuse: () => refusal,
  deny: () => refusal,
  missing: (what) => (what === 'tag' ? manifestUnknown : nameUnknown),
  store: null,
}
