/** Whether a cloud lets a secret reference be named for an image (S13); the answer never depends on whether the secret exists. */
import { parseImageReference, parseSecretReference, problem, referenceGranted, registryOf } from '@fairlead/contract'
import type { CloudRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import { secretContextOf } from './cloud-choice.ts'

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
  if (!referenceGranted(grants, reference, registry, cloud.provider, context)) throw problem('REFERENCE_NOT_ALLOWED')
}
