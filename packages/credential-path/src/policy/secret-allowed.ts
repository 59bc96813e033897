/** Whether the node's own file lets a secret be read for a registry (S13): asked before the secret manager is. */
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
