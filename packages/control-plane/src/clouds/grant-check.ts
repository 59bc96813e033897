/** Whether a cloud allows a secret reference for an image (S13); the answer never depends on whether the secret exists. */
import { parseImageReference, parseSecretReference, referenceGranted, registryOf } from '@fairlead/contract/names'
import { isProblem, problem, type ReportedProblem } from '@fairlead/contract/problems'
import type { BuildRecord, CloudRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import { secretContextOf } from './choose-cloud.ts'
import { requireCloud } from '../store/lookup.ts'

export async function requireGranted(
  reader: Reader,
  cloud: CloudRecord,
  named: { reference: string | null; image: string },
): Promise<void> {
  if (named.reference === null || cloud.allow_any_secret) return
  const context = secretContextOf(cloud)
  const reference = parseSecretReference(cloud.provider, named.reference, context)
  const registry = registryOf(parseImageReference(named.image)).key
  const grants = await reader.grants.ofCloud(cloud.id)
  if (!referenceGranted(grants, reference, registry, cloud.provider, context)) {
    throw problem('REFERENCE_NOT_ALLOWED', { reference: named.reference, registry })
  }
}

/** Checked again when waiting work goes to a node: the grant may have been revoked since. Null if it is still granted. */
export async function lostGrant(
  reader: Reader,
  build: Pick<BuildRecord, 'cloud_id' | 'registry_login_secret' | 'docker_image_name'>,
): Promise<ReportedProblem | null> {
  if (build.registry_login_secret === null) return null
  const cloud = await requireCloud(reader, build.cloud_id)
  try {
    await requireGranted(reader, cloud, { reference: build.registry_login_secret, image: build.docker_image_name })
    return null
  } catch (error) {
    if (isProblem(error)) return error.toReport()
    throw error
  }
}
