/** /clouds/{id}/policy: the permissions that an admin of the cloud must give its nodes. */
import { AccessPolicy, BuildName } from '@fairlead/contract/names'
import { single } from '@fairlead/contract/wire'
import { z } from 'zod'
import { accessPolicyFor } from './access-policy.ts'
import { requireCloud } from '../store/lookup.ts'
import { queryFlag } from '../http/list-query.ts'
import { get, type Route } from '../http/route.ts'

const PolicyQuery = z.strictObject({
  cluster_environment: BuildName,
  customer_keys: queryFlag.default(false),
})

export function accessPolicyRoutes(): Route[] {
  return [
    get(
      {
        path: '/api/v1/clouds/{cloud_id}/policy',
        access: 'viewer',
        summary: 'The minimal policy that lets the nodes read the secrets of a cluster environment',
        query: PolicyQuery,
        status: 200,
        answer: single(AccessPolicy),
        problems: [
          'CLOUD_NOT_FOUND',
          'CLUSTER_ENV_NOT_FOUND',
          'BUILD_NOT_FOUND',
          'REFERENCE_NOT_ALLOWED',
          'POLICY_NOT_NEEDED',
          'CLOUD_PLACE_UNKNOWN',
        ],
      },
      async ({ params, query }, reader) => {
        const cloud = await requireCloud(reader, params.cloud_id)
        const question = { environment: query.cluster_environment, customerKeys: query.customer_keys }
        return { result: await accessPolicyFor(reader, cloud, question) }
      },
    ),
  ]
}
