/** The input of all launch files: a checked build, where its nodes run, and how a machine gets the program. */
import type { Cloud } from '@fairlead/contract/wire'
import type { ControlPlanePlace } from '../../connection/chosen-place.ts'

export interface LaunchSubject {
  readonly name: string
  readonly revision: number
  readonly image: LaunchImage
  readonly rayVersion: string
  readonly envVars: Readonly<Record<string, string>>
  /** A reference, never a secret; null for a public image. */
  readonly secret: string | null
  readonly cloud: Cloud
  readonly controlPlane: ControlPlanePlace
  /** Null if the machine image contains the program. */
  readonly program: ProgramSource | null
}

/** The build's only digest, whatever its tag points to now. */
export interface LaunchImage {
  /** Registry and path, such as `registry.example.com/team/ray`. */
  readonly repository: string
  readonly domain: string
  readonly digest: string
}

export interface ProgramSource {
  readonly url: string
  readonly sha256: string
}

/** The digest that the registry is asked for, which cannot be moved. */
export const pinnedImage = ({ repository, digest }: LaunchImage): string => `${repository}@${digest}`

/**
 * The name that `fairlead pull` gives an image named by digest. Ray looks an image up by name and, if it finds none,
 * lets Docker pull that name: so it stays in the image's own repository, and not in one on Docker Hub that anybody could register.
 */
export function localTag({ repository, digest }: LaunchImage): string {
  return `${repository}:fairlead-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`
}

/** A DNS label: valid as a cluster name in Kubernetes, Google Cloud and Ray. */
export function clusterName(name: string): string {
  const label = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const started = /^[a-z]/.test(label) ? label : `ray-${label.replace(/^-+/, '')}`
  return started.slice(0, 40).replace(/-+$/, '')
}
