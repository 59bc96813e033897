/** /clouds/{id}/grants: which secret references are allowed in a cloud (S13). */
import {
  GrantId,
  grantMatch,
  isNamedByImages,
  looksLikeSecret,
  newId,
  parseRegistryHost,
} from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { CreateGrant, Grant, page, PageQuery, single } from '@fairlead/contract/wire'
import { iso, type Clock } from '../clock.ts'
import { secretContextOf } from './choose-cloud.ts'
import { requireCloud } from '../store/lookup.ts'
import { pageOf } from '../http/paging.ts'
import { get, post, remove, type Route } from '../http/route.ts'

export function grantRoutes({ clock }: { clock: Clock }): Route[] {
  return [
    post(
      {
        path: '/api/v1/clouds/{cloud_id}/grants',
        access: 'admin',
        summary: 'Grant a secret reference, or all below a prefix that ends in /',
        audit: 'grant.add',
        body: CreateGrant,
        status: 201,
        answer: single(Grant),
        problems: ['CLOUD_NOT_FOUND', 'SECRET_REF_INVALID', 'REFERENCE_LOOKS_LIKE_A_SECRET', 'REGISTRY_INVALID'],
      },
      async ({ params, body }, transaction) => {
        if (looksLikeSecret(body.reference)) {
          throw problem('REFERENCE_LOOKS_LIKE_A_SECRET', {}, [{ path: 'reference', detail: 'it looks like a secret' }])
        }
        const cloud = await requireCloud(transaction, params.cloud_id)
        const now = clock()
        const grant: Grant = {
          id: newId('grn', now),
          cloud_id: cloud.id,
          reference: body.reference,
          match: grantMatch(cloud.provider, body.reference, secretContextOf(cloud)),
          registries: body.registries.map(requireRegistry),
          created_at: iso(now),
        }
        await transaction.grants.insert(grant)
        transaction.announce('cloud', cloud.id)
        return { result: grant }
      },
    ),
    get(
      {
        path: '/api/v1/clouds/{cloud_id}/grants',
        access: 'viewer',
        summary: 'List the grants of a cloud, newest first',
        query: PageQuery,
        status: 200,
        answer: page(Grant),
        problems: ['CLOUD_NOT_FOUND'],
      },
      async ({ params, query }, reader) => {
        const cloud = await requireCloud(reader, params.cloud_id)
        return pageOf(query, {
          list: (slice) => reader.grants.list(cloud.id, slice),
          keyOf: (grant) => grant.id,
          show: (grants) => grants,
        })
      },
    ),
    remove(
      {
        path: '/api/v1/clouds/{cloud_id}/grants/{grant_id}',
        access: 'admin',
        summary: 'Remove a grant',
        audit: 'grant.remove',
        problems: ['CLOUD_NOT_FOUND', 'GRANT_NOT_FOUND'],
      },
      async ({ params }, transaction) => {
        const cloud = await requireCloud(transaction, params.cloud_id)
        const id = GrantId.safeParse(params.grant_id)
        if (!id.success || !(await transaction.grants.remove(cloud.id, id.data))) throw problem('GRANT_NOT_FOUND')
        transaction.announce('cloud', cloud.id)
      },
    ),
  ]
}

function requireRegistry(text: string, index: number): string {
  const registry = parseRegistryHost(text)
  if (registry !== null && isNamedByImages(registry)) return registry.key
  const detail =
    registry === null ? 'expected host[:port] of a registry' : 'no image can be on it: a host has a dot or a port'
  throw problem('REGISTRY_INVALID', {}, [{ path: `registries.${index}`, detail }])
}
