/** All routes of a control plane. */
import { version } from '@fairlead/contract/release'
import type { Waiters } from '../events/waiters.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Store } from '../store/store.ts'
import { accessPolicyRoutes } from '../clouds/access-policy-routes.ts'
import { apiTokenRoutes } from '../tokens/routes.ts'
import { auditEventRoutes } from '../audit/routes.ts'
import { buildRoutes } from '../builds/routes.ts'
import { cloudRoutes } from '../clouds/routes.ts'
import { clusterEnvironmentRoutes } from '../builds/environment-routes.ts'
import { clusterRoutes } from '../clusters/routes.ts'
import { eventRoutes } from '../events/routes.ts'
import { grantRoutes } from '../clouds/grant-routes.ts'
import { healthRoutes } from './health.ts'
import { metricsRoutes } from './metrics.ts'
import { nodeChannelRoutes, type NodeChannelParts } from '../nodes/channel-routes.ts'
import { nodeRoutes, type NodeRouteParts } from '../nodes/routes.ts'
import { openApiRoutes } from '../openapi/document.ts'
import { overviewRoutes, type CertificateNow } from '../overview/routes.ts'
import { pullRoutes } from '../pulls/routes.ts'
import type { Readiness } from './readiness.ts'
import { provenJoinRoutes, type ProvenJoinRouteParts } from '../nodes/join-routes.ts'
import type { Route } from './route.ts'
import { signInRoutes, type SignInRouteParts } from '../sign-in/routes.ts'

export interface RouteParts extends NodeChannelParts, NodeRouteParts, ProvenJoinRouteParts, SignInRouteParts {
  readonly store: Store
  /** Null if metrics have a separate listener. */
  readonly metrics: Metrics | null
  readonly readiness: Readiness
  readonly eventWaiters: Waiters<'events'>
  readonly certificate: CertificateNow
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
    // Before /nodes/{node_id}, which would take `me` as an id.
    ...nodeChannelRoutes(parts),
    ...provenJoinRoutes(parts),
    ...nodeRoutes(parts),
    ...pullRoutes(),
    ...overviewRoutes(parts),
    ...signInRoutes(parts),
    ...apiTokenRoutes(parts),
    ...auditEventRoutes(),
    ...eventRoutes({ ...parts, waiters: parts.eventWaiters, secret: parts.challengeKey }),
  ]
  return [...routes, ...openApiRoutes(routes, version)]
}
