/** The public names of the control plane. */
export type { ControlPlaneConfig } from './config.ts'
export { startControlPlane, type ControlPlane } from './main.ts'
export { documentOfThisVersion } from './http/document-of-this-version.ts'
export type { OpenApiDocument } from './http/openapi.ts'
export type { OnProgress, Progress } from './admin/progress.ts'
export { restoreBackup } from './admin/restore-backup.ts'
export { takeBackup } from './admin/take-backup.ts'
export { verifyBackup, verifyDataDir } from './admin/verify-place.ts'
