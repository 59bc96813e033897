/** Whether the node's own file allows reading a secret for a registry (S13): checked before asking the secret manager. */
import { referenceGranted, type SecretContext, type SecretReference } from '@fairlead/contract/names'
import type { NodePolicy } from './node-policy.ts'

export function secretAllowed(
  { allowed_secrets }: Pick<NodePolicy, 'allowed_secrets'>,
  reference: SecretReference,
  registryKey: string,
  context: SecretContext,
): boolean {
  if (allowed_secrets === null) return true
  return referenceGranted(allowed_secrets, reference, registryKey, reference.provider, context)
}
