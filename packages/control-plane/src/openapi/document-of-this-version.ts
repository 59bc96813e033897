/** The OpenAPI document of this version, without a running control plane: only definitions are read, nothing is called. */
import { version } from '@fairlead/contract/release'
import { openApiDocument, type OpenApiDocument } from './document.ts'
import { allRoutes, type RouteParts } from '../http/routes.ts'

export function documentOfThisVersion(): OpenApiDocument {
  return openApiDocument(allRoutes({ metrics: { routes: () => [] } } as unknown as RouteParts), version)
}
