/** The provider that a command line names: with --provider, or with a folder for local secrets. */
import type { Provider } from '@fairlead/contract/names'
import { defaultPaths } from '../agent/paths.ts'

export interface ProviderFlags {
  readonly provider?: Provider
  readonly secretsDir: string
}

export function saidProvider({ provider, secretsDir }: ProviderFlags): Provider | null {
  return provider ?? (secretsDir === defaultPaths.secretsDir ? null : 'local')
}
