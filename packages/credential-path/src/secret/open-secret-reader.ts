/** The secret reader of this node's provider, with its cache. */
import type { Provider } from '@fairlead/contract/names'
import { awsSecretReader, type AwsSecretsOptions } from './aws/secrets-manager.ts'
import { gcpSecretReader, type GcpSecretsOptions } from './google/secret-manager.ts'
import { localSecretReader } from './local.ts'
import type { SecretReader } from './secret-reader.ts'
import { singleFlight } from './single-flight.ts'

/** Each provider with what it needs to know about the node. */
export type SecretReaderOptions =
  | ({ readonly provider: 'aws' } & AwsSecretsOptions)
  | ({ readonly provider: 'gcp' } & Pick<GcpSecretsOptions, 'connection' | 'own' | 'node'>)
  | { readonly provider: 'local'; readonly secretsDir: string }

type Openers = { [Name in Provider]: (options: Extract<SecretReaderOptions, { provider: Name }>) => SecretReader }

const openers: Openers = {
  aws: awsSecretReader,
  gcp: gcpSecretReader,
  local: ({ secretsDir }) => localSecretReader({ folder: secretsDir, uid: process.getuid?.() ?? 0 }),
}

export function openSecretReader(options: SecretReaderOptions): SecretReader {
  const open = openers[options.provider] as (options: SecretReaderOptions) => SecretReader
  return singleFlight(open(options))
}
