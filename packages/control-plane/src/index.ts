/** The public names of the control plane. */
export type { ControlPlaneConfig } from './config.ts'
export { startControlPlane, type ControlPlane } from './main.ts'
export { documentOfThisVersion } from './http/document-of-this-version.ts'
export type { OpenApiDocument } from './http/openapi.ts'
