/** The OpenAPI document of this version, without a control plane that runs: definitions alone are looked at, nothing is called. */
import { packageVersion } from '../version.ts'
import { openApiDocument, type OpenApiDocument } from './document.ts'
import { allRoutes, type RouteParts } from '../http/routes.ts'

export function documentOfThisVersion(): OpenApiDocument {
  return openApiDocument(allRoutes({ metrics: { routes: () => [] } } as unknown as RouteParts), packageVersion())
}
