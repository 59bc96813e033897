/** /clouds: where nodes run and how they read secrets. */
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { Cloud, CreateCloud, joinMethodOf, page, single, UpdateCloud } from '@fairlead/contract/wire'
import { iso, type Clock } from '../clock.ts'
import { deleteCloud, presentCloud, updateCloud } from './change-cloud.ts'
import { requireCloud, requireFreeName } from '../store/lookup.ts'
import type { CloudRecord } from '../store/records.ts'
import { NamedPageQuery, nameFilter } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import { get, post, remove, type Route } from '../http/route.ts'

export function cloudRoutes({ clock }: { clock: Clock }): Route[] {
  return [
    post(
      {
        path: '/api/v1/clouds',
        access: 'admin',
        summary: 'Create a cloud',
        reach: 'all clouds',
        audit: 'cloud.create',
        body: CreateCloud,
        status: 201,
        answer: single(Cloud),
        problems: ['NAME_IN_USE', 'NAME_INVALID'],
      },
      async ({ body }, transaction) => {
        await requireFreeName(transaction, 'cloud', body.name)
        const now = clock()
        const cloud: CloudRecord = {
          id: newId('cld', now),
          name: body.name,
          provider: body.provider,
          partition: body.partition ?? null,
          region: body.region ?? null,
          account_id: body.account_id ?? null,
          project_id: body.project_id ?? null,
          project_number: body.project_number ?? null,
          node_role: body.node_role ?? null,
          join: joinMethodOf(body),
          kubernetes: body.kubernetes ?? null,
          role_id: null,
          deleted_at: null,
          allow_any_secret: body.allow_any_secret,
          prefetch: body.prefetch,
          created_at: iso(now),
        }
        await transaction.clouds.insert(cloud)
        transaction.announce('cloud', cloud.id)
        return { result: presentCloud(cloud) }
      },
    ),
    get(
      {
        path: '/api/v1/clouds',
        access: 'viewer',
        summary: 'List clouds, newest first',
        query: NamedPageQuery,
        status: 200,
        answer: page(Cloud),
      },
      ({ query }, reader) =>
        pageOf(query, {
          list: (slice) => reader.clouds.list(nameFilter(query), slice),
          keyOf: (cloud) => cloud.id,
          show: (clouds) => clouds.map(presentCloud),
        }),
    ),
    get(
      {
        path: '/api/v1/clouds/{cloud_id}',
        access: 'viewer',
        summary: 'Get a cloud',
        status: 200,
        answer: single(Cloud),
        problems: ['CLOUD_NOT_FOUND'],
      },
      async ({ params }, reader) => ({
        result: presentCloud(await requireCloud(reader, params.cloud_id)),
      }),
    ),
    post(
      {
        path: '/api/v1/clouds/{cloud_id}/reset_role',
        access: 'admin',
        summary: 'Accept the role of the next node that joins by proof, after the nodes’ role was recreated',
        audit: 'cloud.reset_role',
        status: 200,
        answer: single(Cloud),
        problems: ['CLOUD_NOT_FOUND', 'CLOUD_KEEPS_NO_ROLE'],
      },
      async ({ params }, transaction) => {
        const cloud = await requireCloud(transaction, params.cloud_id)
        const { name, provider } = cloud
        if (provider !== 'aws') throw problem('CLOUD_KEEPS_NO_ROLE', { name, provider })
        await transaction.clouds.update(cloud.id, { role_id: null })
        transaction.announce('cloud', cloud.id)
        return { result: presentCloud(cloud) }
      },
    ),
    post(
      {
        path: '/api/v1/clouds/{cloud_id}/update',
        access: 'admin',
        summary: 'Edit a cloud; what the body leaves out stays, and where it is stays while it has nodes',
        audit: 'cloud.update',
        body: UpdateCloud,
        status: 200,
        answer: single(Cloud),
        problems: ['CLOUD_NOT_FOUND', 'NAME_IN_USE', 'NAME_INVALID', 'CLOUD_HAS_NODES'],
      },
      async ({ params, body }, transaction) => {
        const cloud = await requireCloud(transaction, params.cloud_id)
        return { result: presentCloud(await updateCloud(transaction, cloud, body)) }
      },
    ),
    remove(
      {
        path: '/api/v1/clouds/{cloud_id}',
        access: 'admin',
        summary: 'Delete a cloud that has no nodes, clusters or environments left; its past stays readable',
        audit: 'cloud.delete',
        problems: ['CLOUD_NOT_FOUND', 'CLOUD_IN_USE'],
      },
      async ({ params }, transaction) => {
        await deleteCloud(transaction, await requireCloud(transaction, params.cloud_id), clock())
      },
    ),
  ]
}
