/** A service account's key or a workload identity federation, by Google's own library; its errors quote their input and stop here. */
import { readFile, stat } from 'node:fs/promises'
import { problem, tlsProblem } from '@fairlead/contract/problems'
import { IdentityPoolClient, JWT } from 'google-auth-library'
import { z } from 'zod'
import { interruption } from '../../process/until-aborted.ts'
import { askGoogle, askMetadata, NoAnswer } from './http.ts'
import { accessToken, identityMissing, type AccessToken } from './token.ts'
import { isOnOwnNetwork } from '../own-network.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

export interface CredentialsFile {
  /** The project named in the file; null if it names none. */
  readonly project: string | null
  readonly email: string | null
  token(signal: AbortSignal): Promise<AccessToken>
}

const maxFileBytes = 64 * 1024
const answerLimit = 256 * 1024
const scopes = ['https://www.googleapis.com/auth/cloud-platform']

/** The impersonation endpoint receives the federation's own token, to exchange it for another. */
const impersonatesOverTls = ({ service_account_impersonation_url: url }: Record<string, unknown>): boolean =>
  url === undefined || (typeof url === 'string' && url.startsWith('https://'))

/** A federation's own metadata server uses plain http, and it is nearby. */
const isHttpsOrNear = (text: string): boolean =>
  text.startsWith('https://') || (URL.canParse(text) && isOnOwnNetwork(new URL(text).host))

/** The identities a machine may have; a person's login (`authorized_user`) is not one. */
const File = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('service_account'),
    project_id: z.string(),
    client_email: z.string(),
    private_key: z.string(),
  }),
  z
    .looseObject({
      type: z.literal('external_account'),
      audience: z.string(),
      subject_token_type: z.string(),
      token_url: z.string().startsWith('https://'),
      // No program is run to print a token, and nothing is signed for AWS.
      credential_source: z.union([
        z.looseObject({ file: z.string() }),
        z.looseObject({ url: z.string().refine(isHttpsOrNear) }),
      ]),
    })
    .refine(impersonatesOverTls),
])

export async function readCredentialsFile(path: string, connection: SecretManagerConnection): Promise<CredentialsFile> {
  const file = await readFileAt(path)
  return {
    project: file.type === 'service_account' ? file.project_id : null,
    email: file.type === 'service_account' ? file.client_email : null,
    async token(signal) {
      const asked: Asked = { lack: null }
      try {
        return await fetchToken(file, fetchBy(connection, signal, asked))
      } catch {
        if (signal.aborted) throw interruption(signal)
        if (asked.lack === 'network') throw problem('SECRET_MANAGER_UNREACHABLE', { region: 'global' })
        if (asked.lack !== null && asked.lack !== 'form') throw tlsProblem({ region: 'global' }, asked.lack)
        throw identityMissing()
      }
    },
  }
}

async function readFileAt(path: string): Promise<z.infer<typeof File>> {
  try {
    if ((await stat(path)).size > maxFileBytes) throw identityMissing()
    return File.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    throw identityMissing()
  }
}

/** A new client each time: the library caches tokens too, even one that Google has since refused. */
async function fetchToken(file: z.infer<typeof File>, fetchImplementation: typeof fetch): Promise<AccessToken> {
  const options = {
    scopes,
    transporterOptions: { fetchImplementation, retry: false },
    // Otherwise the library logs whole answers, including tokens, if an environment variable asks for it (S5).
    useAuthRequestParameters: false,
  }
  const client =
    file.type === 'service_account'
      ? new JWT({ ...options, email: file.client_email, key: file.private_key })
      : askingThroughItself(new IdentityPoolClient({ ...file, ...options }))
  const { token } = await client.getAccessToken()
  const found = accessToken(token, client.credentials.expiry_date ?? 0)
  if (found === null) throw identityMissing()
  return found
}

/** For the token exchange the library creates a client without our options: proxy of the environment, redirects, system's authorities. */
function askingThroughItself(client: IdentityPoolClient): IdentityPoolClient {
  const exchange: unknown = Reflect.get(client, 'stsCredential')
  if (typeof exchange !== 'object' || exchange === null || !('transporter' in exchange)) throw identityMissing()
  exchange.transporter = client.transporter
  return client
}

/** Why no answer arrived, if so: the library's own errors are dropped. */
interface Asked {
  lack: NoAnswer['lack'] | null
}

/** What the library sends requests with: our own client, so that its proxies, redirects and unbounded answers do not occur. */
function fetchBy(connection: SecretManagerConnection, signal: AbortSignal, asked: Asked) {
  const google = askGoogle(connection)
  const ownLink = askMetadata()
  const fetchImplementation: typeof fetch = async (input, init) => {
    const question = new Request(input, { ...init, redirect: 'manual' })
    const url = new URL(question.url)
    const body = question.method === 'POST' ? await question.text() : undefined
    const ask = url.protocol === 'https:' ? google : ownLink
    const headers = Object.fromEntries(question.headers)
    const method = question.method === 'POST' ? 'POST' : 'GET'
    try {
      const answer = await ask({ method, url, headers, body, limit: answerLimit }, signal)
      return new Response(new Uint8Array(answer.bytes), {
        status: answer.status,
        headers: { 'content-type': answer.header('content-type') ?? 'text/plain' },
      })
    } catch (error) {
      if (error instanceof NoAnswer) asked.lack ??= error.lack
      throw error
    }
  }
  return fetchImplementation
}
