/** The secret reader of this node's provider, with its cache. */
import type { Provider } from '@fairlead/contract'
import type { SecretReader } from './secret-reader.ts'

export interface SecretReaderOptions {
  readonly provider: Provider
  /** The folder of `local` secrets, such as /etc/fairlead/secrets. */
  readonly secretsDir: string
  /** Where a bare AWS name is looked up. */
  readonly region: string | null
}

export function openSecretReader(_options: SecretReaderOptions): SecretReader {
  throw new Error('not built yet')
}
