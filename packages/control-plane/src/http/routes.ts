/** All routes of a control plane. */
import type { Waiters } from '../fleet/waiters.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Store } from '../store/store.ts'
import { packageVersion } from '../version.ts'
import { accessPolicyRoutes } from './access-policies.ts'
import { apiTokenRoutes } from './api-tokens.ts'
import { auditEventRoutes } from './audit-events.ts'
import { buildRoutes } from './builds.ts'
import { cloudRoutes } from './clouds.ts'
import { clusterEnvironmentRoutes } from './cluster-environments.ts'
import { clusterRoutes } from './clusters.ts'
import { eventRoutes } from './events.ts'
import { grantRoutes } from './grants.ts'
import { healthRoutes } from './health.ts'
import { metricsRoutes } from './metrics.ts'
import { nodeChannelRoutes, type NodeChannelParts } from './node-channel.ts'
import { nodeRoutes, type NodeRouteParts } from './nodes.ts'
import { openApiRoutes } from './openapi.ts'
import { pullRoutes } from './pulls.ts'
import type { Readiness } from './readiness.ts'
import { provenJoinRoutes, type ProvenJoinRouteParts } from './proven-join.ts'
import type { Route } from './route.ts'

export interface RouteParts extends NodeChannelParts, NodeRouteParts, ProvenJoinRouteParts {
  readonly store: Store
  /** Null where they have a listener of their own. */
  readonly metrics: Metrics | null
  readonly readiness: Readiness
  readonly eventWaiters: Waiters<'events'>
  readonly onFault: (error: unknown) => void
}

export function allRoutes(parts: RouteParts): Route[] {
  const routes = [
    ...healthRoutes(parts.readiness),
    ...(parts.metrics === null ? [] : metricsRoutes(parts.metrics)),
    ...cloudRoutes(parts),
    ...grantRoutes(parts),
    ...accessPolicyRoutes(),
    ...clusterEnvironmentRoutes(parts),
    ...buildRoutes(parts),
    ...clusterRoutes(parts),
    // Before /nodes/{node_id}, which would take `me` for an id.
    ...nodeChannelRoutes(parts),
    ...provenJoinRoutes(parts),
    ...nodeRoutes(parts),
    ...pullRoutes(),
    ...apiTokenRoutes(parts),
    ...auditEventRoutes(),
    ...eventRoutes({ waiters: parts.eventWaiters, onFault: parts.onFault }),
  ]
  return [...routes, ...openApiRoutes(routes, packageVersion())]
}
