/**
 * JFrog Artifactory by its three Docker access methods. The realm is under the address at which the registry is reached, unless its proxy
 * or its base URL says otherwise; the token asks for no scope and is for the user; a repository set to redirect sends clients to its object storage.
 */
import type { Answer, ObjectStore, Product, Realm } from './product.ts'
import { bearer, errorBody, manifestUnknown } from './product.ts'

const documents = [
  // The three forms of an image's name.
  'https://docs.jfrog.com/artifactory/docs/additional-docker-information',
  // The token endpoint below /api/docker/REPO/v2, and its answer.
  'https://jfrog.com/help/r/how-to-troubleshoot-docker-problems/docker-login-docker.art.local',
  // HTTP 302 to a signed URL.
  'https://jfrog.com/help/r/jfrog-installation-setup-documentation/step-2-specify-repositories-for-direct-download',
]
const logins = {
  reader: { username: 'ray-pull', password: 'cmVmdGtu-canary-artifactory-Hq81' },
  outsider: { username: 'other-team', password: 'canary-artifactory-other-Zp02' },
}

const store: ObjectStore = {
  host: 'artifactory-filestore.s3.eu-central-1.amazonaws.com',
  status: 302,
  linkTo: (digest) =>
    `/filestore/${digest.slice(7, 9)}/${digest.slice(7)}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F20260101%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host`,
  signature: 'X-Amz-Signature',
}

/** Errors of its REST API, which answers for the realm. */
const restError = (status: number, message: string): Answer => ({ status, body: { errors: [{ status, message }] } })

/** `path`: acme/REPO/image on one host. `subdomain`: REPO.acme/image. `port`: acme:PORT/image. */
function artifactory(method: 'path' | 'subdomain' | 'port', baseUrl?: string): Product {
  const registry = {
    path: 'artifactory.example.com',
    subdomain: 'docker-local.artifactory.example.com',
    port: 'artifactory.example.com:5001',
  }[method]
  const key = method === 'path' ? 'null' : 'docker-local'
  const realm: Realm = {
    host: baseUrl ?? registry,
    path: `/artifactory/api/docker/${key}/v2/token`,
    answer(caller, _, issue) {
      if (caller === 'reader' || caller === 'outsider') {
        return { status: 200, body: { token: issue(), expires_in: 3600 } }
      }
      return restError(401, 'Bad credentials')
    },
  }
  return {
    name: `artifactory-${method}${baseUrl === undefined ? '' : '-base-url'}`,
    documents,
    registry,
    contact: registry,
    repository: method === 'path' ? 'docker-local/team/app' : 'team/app',
    logins,
    realm,
    needsPair: baseUrl !== undefined,
    refuse: () => ({
      status: 401,
      headers: bearer(realm, registry),
      body: errorBody('UNAUTHORIZED', 'authentication is required', { Type: 'repository' }),
    }),
    deny: () => ({ status: 403, body: errorBody('DENIED', 'requested access to the resource is denied') }),
    missing: () => manifestUnknown,
    store,
  }
}

/** A repository that no proxy serves by token: the challenge from its REST API, with an HTML page below. */
const basic: Product = {
  ...artifactory('subdomain'),
  name: 'artifactory-basic',
  registry: 'docker-basic.artifactory.example.com',
  contact: 'docker-basic.artifactory.example.com',
  realm: null,
  refuse: () => ({
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="Artifactory Realm"', 'content-type': 'text/html' },
    body: '<html><body><h1>HTTP Status 401 - Unauthorized</h1></body></html>',
  }),
}

/** The subdomain's realm with a base URL for the whole installation: another host, so a pair. */
const byBaseUrl: Product = {
  ...artifactory('subdomain', 'artifactory-base.example.com'),
  registry: 'docker-remote.artifactory.example.com',
  contact: 'docker-remote.artifactory.example.com',
}

export const artifactories: readonly Product[] = [
  artifactory('path'),
  artifactory('subdomain'),
  artifactory('port'),
  byBaseUrl,
  basic,
]
