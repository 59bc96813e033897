/** What all launch files are made of: a checked build, where its nodes live, and how a machine gets the program. */
import type { Cloud } from '@fairlead/contract/wire'
import type { ControlPlanePlace } from '../../connection/chosen-place.ts'

export interface LaunchSubject {
  readonly name: string
  readonly revision: number
  readonly image: LaunchImage
  readonly rayVersion: string
  readonly envVars: Readonly<Record<string, string>>
  /** A reference, never a secret; null: the image is public. */
  readonly secret: string | null
  readonly cloud: Cloud
  readonly controlPlane: ControlPlanePlace
  /** Null: the machine image has the program. */
  readonly program: ProgramSource | null
}

/** The build's one digest, whatever its tag says by now. */
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

/** What the registry is asked for, and what nobody can move. */
export const pinnedImage = ({ repository, digest }: LaunchImage): string => `${repository}@${digest}`

/**
 * The name that `fairlead pull` gives an image that was named by its digest. Ray looks an image up by a name and, where it finds none,
 * lets Docker pull that name: so it stays in the image's own repository, and not in one on Docker Hub that anybody may register.
 */
export function localTag({ repository, digest }: LaunchImage): string {
  return `${repository}:fairlead-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`
}

/** A label of DNS: what Kubernetes, Google Cloud and Ray all take for the name of a cluster. */
export function clusterName(name: string): string {
  const label = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const started = /^[a-z]/.test(label) ? label : `ray-${label.replace(/^-+/, '')}`
  return started.slice(0, 40).replace(/-+$/, '')
}
