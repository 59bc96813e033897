/** What every step of a release knows. */
import type { Architecture } from '../building/node-binary.ts'

export interface Release {
  /** Where all artefacts go. */
  readonly folder: string
  readonly architectures: readonly Architecture[]
}

/** How Debian, Go and OCI name them. */
export const debianNames = { x64: 'amd64', arm64: 'arm64' } as const satisfies Record<Architecture, string>
