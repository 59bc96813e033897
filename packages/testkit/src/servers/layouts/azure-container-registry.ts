/** Azure Container Registry: a scope map's token is a login, its realm is on its own host, and layers come from Azure's blob storage. */
import { bearer, errorBody, manifestUnknown, nameUnknown, type Product, type Realm } from './product.ts'

const host = 'example.azurecr.io'

const realm: Realm = {
  host,
  path: '/oauth2/token',
  answer(caller, _, issue) {
    if (caller === 'unknown' || caller === 'expired') {
      return { status: 401, body: errorBody('UNAUTHORIZED', 'authentication required') }
    }
    return { status: 200, body: { access_token: issue() } }
  },
}

export const azureContainerRegistry: Product = {
  name: 'azure-container-registry',
  documents: [
    'https://learn.microsoft.com/en-us/azure/container-registry/container-registry-token-based-repository-permissions',
    'https://learn.microsoft.com/en-us/azure/container-registry/container-registry-firewall-access-rules',
    'https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md',
  ],
  registry: host,
  contact: host,
  repository: 'team/app',
  logins: {
    reader: { username: 'ray-pull', password: 'canary-Acr6Zt04QpVm+ACRx' },
    outsider: { username: 'other-team', password: 'canary-AcrOther17Bn+ACRx' },
  },
  realm,
  needsPair: false,
  refuse: () => ({
    status: 401,
    headers: bearer(realm, host),
    body: errorBody('UNAUTHORIZED', 'authentication required, visit https://aka.ms/acr/authorization'),
  }),
  deny: () => ({ status: 403, body: errorBody('DENIED', 'requested access to the resource is denied') }),
  missing: (what) => (what === 'tag' ? manifestUnknown : nameUnknown),
  store: {
    host: 'eusmanaged1.blob.core.windows.net',
    status: 307,
    linkTo: (digest) =>
      `/0123456789abcdef//docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data?se=2026-01-01T00%3A20%3A00Z&sp=r&spr=https&sr=b&sv=2018-03-28`,
    signature: 'sig',
  },
}
