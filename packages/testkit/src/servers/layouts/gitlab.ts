/**
 * GitLab, self-managed: the realm is GitLab itself, on the host of its web pages, and the registry has its own domain or a port on
 * that host. Either way it is another place, so the node's file must list the pair.
 */
import { bearer, errorBody, manifestUnknown, nameUnknown, type Product, type Realm } from './product.ts'

const documents = [
  'https://docs.gitlab.com/administration/packages/container_registry/',
  'https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/',
  // The realm's answer.
  'https://github.com/gitlabhq/gitlabhq/blob/master/app/controllers/jwt_controller.rb',
]

/** `saysNoAtRealm`: a login without the scope read_registry. Otherwise a token that grants nothing, which the registry then refuses. */
function gitlab(name: string, registry: string, project: string, saysNoAtRealm: boolean): Product {
  const realm: Realm = {
    host: 'gitlab.example.com',
    path: '/jwt/auth',
    answer(caller, scope, issue) {
      if (caller === 'unknown' || caller === 'expired') {
        const message = 'HTTP Basic: Access denied. The provided password or token is incorrect.'
        return { status: 401, body: errorBody('UNAUTHORIZED', message) }
      }
      if (caller === 'outsider' && scope !== null && saysNoAtRealm) {
        return { status: 403, body: errorBody('DENIED', 'access forbidden') }
      }
      return { status: 200, body: { token: issue() } }
    },
  }
  const required = errorBody('UNAUTHORIZED', 'authentication required')
  return {
    name,
    documents,
    registry,
    contact: registry,
    repository: `group/${project}/app`,
    logins: {
      reader: { username: 'gitlab+deploy-token-1', password: 'gldt-canary-Rk72mQ0pZ' },
      outsider: { username: 'somebody', password: 'glpat-canary-Other55Lw' },
    },
    realm,
    needsPair: true,
    refuse: () => ({ status: 401, headers: bearer(realm, 'container_registry'), body: required }),
    deny: () => ({
      status: 401,
      headers: bearer(realm, 'container_registry', ',error="insufficient_scope"'),
      body: required,
    }),
    missing: (what) => (what === 'tag' ? manifestUnknown : nameUnknown),
    store: null,
  }
}

export const gitlabs: readonly Product[] = [
  gitlab('gitlab-domain', 'registry.gitlab.example.com', 'first', true),
  gitlab('gitlab-port', 'gitlab.example.com:5050', 'second', false),
]
