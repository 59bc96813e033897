/** Where a secret is looked up: as stated, otherwise as its reference says, otherwise from where this machine runs. */
import { providerNamedBy, type Provider } from '@fairlead/contract/names'
import { providerOfMachine } from './provider-of-machine.ts'

export async function chooseProvider(
  given: Provider | null,
  secret: string | null,
  ofMachine: () => Promise<Provider | null> = providerOfMachine,
): Promise<Provider> {
  return given ?? (secret === null ? null : providerNamedBy(secret)) ?? (await ofMachine()) ?? 'local'
}
