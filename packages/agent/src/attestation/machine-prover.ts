/** Asks the machine's own cloud to attest what the machine is. */
import type { Provider } from '@fairlead/contract/names'
import { readNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { secretManagerConnection } from '@fairlead/credential-path/secret/secret-manager-connection'
import type { MachineProof } from './machine-proof.ts'

/** `binding` is J. Throws NODE_IDENTITY_MISSING. */
export type MachineProver = (binding: string, signal: AbortSignal) => Promise<MachineProof>

/** Loaded on demand: a node joins once in its life. AWS is reached as the owner's file says (S15), Google's metadata server directly. */
export function machineProver(provider: Exclude<Provider, 'local'>, policyFile: string | null): MachineProver {
  return async (binding, signal) => {
    if (provider === 'gcp') return (await import('./gcp-machine-proof.ts')).gcpMachineProof(binding, signal)
    const connection = secretManagerConnection(readNodePolicy(policyFile))
    return (await import('./aws-machine-proof.ts')).awsMachineProof(binding, connection, signal)
  }
}
