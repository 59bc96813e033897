/** moto's server: AWS's Secrets Manager and more, in memory. It never denies anything; the front does that. */
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { motoPython } from '../../python-environment.ts'
import { newFolder } from '../../run-folder.ts'
import { inLog, startService, untilReady } from '../../service.ts'
import type { TestCa } from '../../servers/test-ca.ts'

export interface MotoOptions {
  host?: string
  tls?: TestCa
  account?: string
  region?: string
}

export interface SecretPlace {
  region?: string
  account?: string
}

/** How a secret is created. */
export interface SecretMaking extends SecretPlace {
  /** The ARN of a customer-managed key; absent: the AWS-managed one. */
  key?: string
}

export interface StoredSecret {
  arn: string
  versionId: string
}

export interface Moto extends AsyncDisposable {
  readonly endpoint: string
  readonly account: string
  readonly region: string
  readonly pid: number
  readonly logFile: string
  /** Creates a secret; an object is stored as JSON, bytes as a binary secret. */
  readonly putSecret: (name: string, value: string | object, making?: SecretMaking) => Promise<StoredSecret>
  /** Adds a new version of a secret. */
  readonly updateSecret: (nameOrArn: string, value: string | object, place?: SecretPlace) => Promise<StoredSecret>
  readonly deleteSecret: (nameOrArn: string, place?: SecretPlace) => Promise<void>
  /** It still exists for some days, but its value can no longer be read. */
  readonly scheduleDeletion: (nameOrArn: string, place?: SecretPlace) => Promise<void>
  /** Any request to its Secrets Manager, in the service's own JSON. */
  readonly ask: (
    action: string,
    body: string | Buffer,
    place: Required<SecretPlace>,
  ) => Promise<{ status: number; text: string }>
  readonly stop: () => Promise<void>
}

export async function startMoto(options: MotoOptions): Promise<Moto> {
  const { host = '127.0.0.1', tls, account = '123456789012', region = 'eu-central-1' } = options
  const certificate = await tls?.issue([host])
  const service = startService({
    command: await motoPython(),
    args: [
      '-m',
      'moto.server',
      '-H',
      host,
      '-p',
      '0',
      ...(certificate === undefined ? [] : ['-s', '-c', certificate.certFile, '-k', certificate.keyFile]),
    ],
    logFile: join(newFolder('moto'), 'moto.log'),
    // No MOTO_ACCOUNT_ID: it would override the account that a request names.
    env: { PYTHONUNBUFFERED: '1', NO_COLOR: '1' },
  })
  const running = await untilReady(service, 'moto listens', inLog(service, /Running on (?<url>https?:\S+)/), 60_000)
  const endpoint = running.groups?.['url'] ?? ''
  const dispatcher = new Agent({ ...(tls !== undefined && { connect: { ca: tls.caPem } }) })

  const ask: Moto['ask'] = async (action, body, place) => {
    const { statusCode, body: answer } = await request(endpoint, {
      dispatcher,
      method: 'POST',
      headers: headersOf(action, place),
      body,
    })
    return { status: statusCode, text: await answer.text() }
  }
  const call = async (action: string, input: object, place: SecretPlace = {}): Promise<StoredSecret> => {
    const { status, text } = await ask(action, JSON.stringify(input), { region, account, ...place })
    if (status >= 300) throw new Error(`moto answered ${status} to ${action}: ${text}`)
    const { ARN, VersionId } = JSON.parse(text) as { ARN: string; VersionId: string }
    return { arn: ARN, versionId: VersionId }
  }
  const stop = async (): Promise<void> => {
    await dispatcher.destroy()
    await service.stop()
  }
  return {
    endpoint,
    account,
    region,
    pid: service.pid,
    logFile: service.logFile,
    putSecret: (name, value, { key, ...place } = {}) =>
      call('CreateSecret', { Name: name, ...contentOf(value), ...(key !== undefined && { KmsKeyId: key }) }, place),
    updateSecret: (id, value, place) => call('PutSecretValue', { SecretId: id, ...contentOf(value) }, place),
    async deleteSecret(id, place) {
      await call('DeleteSecret', { SecretId: id, ForceDeleteWithoutRecovery: true }, place)
    },
    async scheduleDeletion(id, place) {
      await call('DeleteSecret', { SecretId: id, RecoveryWindowInDays: 7 }, place)
    },
    ask,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** moto reads the region from the signature's scope and takes the account as given; it does not check signatures. */
function headersOf(action: string, { region, account }: Required<SecretPlace>): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/secretsmanager/aws4_request, SignedHeaders=host, Signature=0`,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `secretsmanager.${action}`,
    'x-moto-account-id': account,
  }
}

function contentOf(value: string | object): object {
  if (value instanceof Uint8Array) return { SecretBinary: Buffer.from(value).toString('base64') }
  return { SecretString: typeof value === 'string' ? value : JSON.stringify(value) }
}
