/** The OpenAPI document of this version, without a control plane that runs: definitions alone are looked at, nothing is called. */
import type { Presence } from '../fleet/presence.ts'
import type { Store } from '../store/store.ts'
import { packageVersion } from '../version.ts'
import { Metrics } from './metrics.ts'
import { openApiDocument, type OpenApiDocument } from './openapi.ts'
import { allRoutes, type RouteParts } from './routes.ts'

export function documentOfThisVersion(): OpenApiDocument {
  const metrics = new Metrics({ store: {} as Store, presence: {} as Presence, waitingNodes: () => 0 })
  return openApiDocument(allRoutes({ metrics } as unknown as RouteParts), packageVersion())
}
