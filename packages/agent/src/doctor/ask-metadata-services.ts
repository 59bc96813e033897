/** Asks the metadata services of each cloud, as any process can, whose identity they hand out. What they answer goes no further. */
import { askMetadata, NoAnswer } from '@fairlead/credential-path/secret/google/http'
import { metadataAddresses, type CloudProvider } from '../confinement/rules.ts'
import { judgeAws, judgeGoogle, sessionToken, type Exposure, type MetadataAnswer } from './metadata-exposure.ts'

export interface MetadataService {
  readonly cloud: CloudProvider
  /** `address[:port]`, as in a URL. */
  readonly host: string
}

const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address)

/** Of every cloud that we know, since a pod may not know where it runs. */
export const metadataServices: readonly MetadataService[] = (['aws', 'gcp'] as const).flatMap((cloud) =>
  metadataAddresses[cloud].map((address) => ({ cloud, host: inUrl(address) })),
)

/** A token, the name of a role or an email address is shorter; so is a page that says there is none. */
const limit = 16_384
/** Long for a service on the machine's own link. */
const patienceMs = 5000

export function askMetadataServices(
  services: readonly MetadataService[],
  signal: AbortSignal,
  silenceMs = patienceMs,
): Promise<readonly Exposure[]> {
  return Promise.all(
    services.map(({ cloud, host }) => (cloud === 'aws' ? askAws : askGoogle)(questionsTo(host, signal, silenceMs))),
  )
}

type Ask = (method: 'GET' | 'PUT', path: string, headers?: Record<string, string>) => Promise<MetadataAnswer>

function questionsTo(host: string, signal: AbortSignal, silenceMs: number): Ask {
  const send = askMetadata()
  return async (method, path, headers = {}) => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(silenceMs)])
    try {
      const { status, bytes } = await send({ method, url: new URL(`http://${host}${path}`), headers, limit }, deadline)
      return { status, text: bytes.toString('utf8') }
    } catch (error) {
      return error instanceof NoAnswer && error.lack === 'form' ? 'unreadable' : null
    }
  }
}

/** Answers with the role's name; what the role may do is one question further. */
const rolePath = '/latest/meta-data/iam/security-credentials/'
const tokenHeader = 'x-aws-ec2-metadata-token'

async function askAws(ask: Ask): Promise<Exposure> {
  const [withoutSession, session] = await Promise.all([
    ask('GET', rolePath),
    ask('PUT', '/latest/api/token', { [`${tokenHeader}-ttl-seconds`]: '60' }),
  ])
  const token = sessionToken(session)
  return judgeAws(withoutSession, session, token === null ? null : await ask('GET', rolePath, { [tokenHeader]: token }))
}

async function askGoogle(ask: Ask): Promise<Exposure> {
  const path = '/computeMetadata/v1/instance/service-accounts/default/email'
  return judgeGoogle(await ask('GET', path, { 'metadata-flavor': 'Google' }))
}
