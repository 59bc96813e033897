/** Where a secret is looked up: as it was said, else as its reference says, else where this machine is. */
import { providerNamedBy, type Provider } from '@fairlead/contract/names'
import { providerOfMachine } from './provider-of-machine.ts'

export async function chooseProvider(
  given: Provider | null,
  secret: string | null,
  ofMachine: () => Promise<Provider | null> = providerOfMachine,
): Promise<Provider> {
  return given ?? (secret === null ? null : providerNamedBy(secret)) ?? (await ofMachine()) ?? 'local'
}
