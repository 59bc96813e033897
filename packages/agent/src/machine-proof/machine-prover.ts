/** Has the machine's own cloud say what the machine is. */
import type { Provider } from '@fairlead/contract'
import type { MachineProof } from './machine-proof.ts'

/** `binding` is J. Throws NODE_IDENTITY_MISSING. */
export type MachineProver = (binding: string, signal: AbortSignal) => Promise<MachineProof>

/** Loaded when it is needed: a join happens once in the life of a node. */
export function machineProver(provider: Exclude<Provider, 'local'>): MachineProver {
  return async (binding, signal) => {
    if (provider === 'aws') return (await import('./aws-machine-proof.ts')).awsMachineProof(binding, signal)
    return (await import('./gcp-machine-proof.ts')).gcpMachineProof(binding, signal)
  }
}
