/**
 * STS as far as a node uses it: GetCallerIdentity, and role credentials for a token of its cluster (a web identity). It verifies the
 * signature, and that it is at most fifteen minutes old, like the real one.
 */
import { randomUUID } from 'node:crypto'
import { listen, readBody, type ListenOptions } from '../../servers/http-service.ts'
import { succeed, type AwsAnswer } from './answer.ts'
import { isSigned, readSignature, type SignedCall } from './signature-v4.ts'

/** The owner of a key pair, as STS names it: a role session, a user, a federated user or the account itself. */
export interface StsCaller {
  readonly arn: string
  readonly userId: string
  readonly account: string
}

export interface StsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface SecurityTokenService extends AsyncDisposable {
  /** HOST:PORT to connect to; its certificate is issued for the region's own name. */
  readonly address: string
  /** New keys for that caller. */
  readonly keysOf: (caller: StsCaller) => StsKeys
  /** From now on this token, signed by an identity provider, is worth keys of that caller's role. */
  readonly trustToken: (token: string, caller: StsCaller) => void
  /** For every call received: its headers and the answer. */
  readonly calls: readonly { readonly headers: SignedCall['headers']; readonly status: number }[]
  /** Gives this answer to every request; null ends that. */
  answerWith: ((caller: StsCaller | null) => AwsAnswer) | null
  readonly stop: () => Promise<void>
}

export interface SecurityTokenServiceOptions extends ListenOptions {
  readonly clock?: () => number
}

const skewMs = 15 * 60 * 1000

export async function startSecurityTokenService(options: SecurityTokenServiceOptions): Promise<SecurityTokenService> {
  const { clock = Date.now } = options
  const known = new Map<string, { keys: StsKeys; caller: StsCaller }>()
  const calls: { headers: SignedCall['headers']; status: number }[] = []
  const tokens = new Map<string, StsCaller>()
  const state: Pick<SecurityTokenService, 'answerWith'> = { answerWith: null }

  const keysOf = (caller: StsCaller): StsKeys => {
    const code = randomUUID().replaceAll('-', '').toUpperCase()
    const keys = {
      accessKeyId: `ASIA${code.slice(0, 16)}`,
      secretAccessKey: randomUUID() + randomUUID(),
      sessionToken: Buffer.from(randomUUID().repeat(6)).toString('base64'),
    }
    known.set(keys.accessKeyId, { keys, caller })
    return keys
  }
  const answer = (call: SignedCall): AwsAnswer => {
    const form = new URLSearchParams(Buffer.from(call.body).toString())
    if (form.get('Action') === 'AssumeRoleWithWebIdentity') {
      const meant = tokens.get(form.get('WebIdentityToken') ?? '')
      const caller = meant === undefined ? null : inSession(meant, form)
      return (
        state.answerWith?.(caller) ?? (caller === null ? invalidToken() : answerKeys(caller, keysOf(caller), clock()))
      )
    }
    const caller = callerOf(call, known, clock())
    return state.answerWith?.(caller) ?? (caller === null ? denied() : answerIdentity(caller))
  }

  const service = await listen(async (request, response) => {
    const { method = '', url = '/', headers } = request
    const { status, body, contentType } = answer({ method, url, headers, body: await readBody(request, 64 * 1024) })
    calls.push({ headers, status })
    response.writeHead(status, { 'content-type': contentType }).end(body)
  }, options)

  return Object.assign(state, {
    address: `${options.host ?? '127.0.0.1'}:${service.port}`,
    keysOf,
    trustToken: (token: string, caller: StsCaller) => void tokens.set(token, caller),
    calls,
    stop: service.stop,
    [Symbol.asyncDispose]: service.stop,
  })
}

function callerOf(
  call: SignedCall,
  known: ReadonlyMap<string, { keys: StsKeys; caller: StsCaller }>,
  now: number,
): StsCaller | null {
  const signature = readSignature(call.headers)
  const found = signature === null ? undefined : known.get(signature.accessKeyId)
  if (signature === null || found === undefined) return null
  const host = `sts.${signature.region}.amazonaws.com`
  const isItsOwn = [host, `${host}.cn`].includes(String(call.headers.host)) && signature.service === 'sts'
  const isWhole = call.headers['x-amz-security-token'] === found.keys.sessionToken
  const isTimely = Math.abs(now - timeOf(String(call.headers['x-amz-date']))) <= skewMs
  const asks = Buffer.from(call.body).toString() === 'Action=GetCallerIdentity&Version=2011-06-15'
  const signed = isSigned(call, signature, found.keys.secretAccessKey)
  return isItsOwn && isWhole && isTimely && asks && call.method === 'POST' && signed ? found.caller : null
}

function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

export function answerIdentity({ arn, userId, account }: StsCaller): AwsAnswer {
  return succeed(
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
      `<Arn>${arn}</Arn><UserId>${userId}</UserId><Account>${account}</Account></GetCallerIdentityResult>` +
      `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    'text/xml',
  )
}

/** The session has the requested name, for the token's role; for any other role the token is worthless. */
function inSession(meant: StsCaller, form: URLSearchParams): StsCaller | null {
  const [, role] = /:assumed-role\/([^/]+)\//.exec(meant.arn) ?? []
  const session = form.get('RoleSessionName') ?? ''
  if (form.get('RoleArn') !== `arn:aws:iam::${meant.account}:role/${role}`) return null
  return {
    arn: `arn:aws:sts::${meant.account}:assumed-role/${role}/${session}`,
    userId: `${meant.userId.split(':')[0]}:${session}`,
    account: meant.account,
  }
}

function answerKeys({ arn, userId }: StsCaller, keys: StsKeys, now: number): AwsAnswer {
  return succeed(
    `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>` +
      `<AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>${userId}</AssumedRoleId></AssumedRoleUser><Credentials>` +
      `<AccessKeyId>${keys.accessKeyId}</AccessKeyId><SecretAccessKey>${keys.secretAccessKey}</SecretAccessKey>` +
      `<SessionToken>${keys.sessionToken}</SessionToken><Expiration>${new Date(now + 3_600_000).toISOString()}</Expiration>` +
      `</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    'text/xml',
  )
}

const denied = () => refuseInXml(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.')
const invalidToken = () => refuseInXml(400, 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account')

function refuseInXml(status: number, error: string, message: string): AwsAnswer {
  const body =
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${error}</Code>` +
    `<Message>${message}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`
  return { status, contentType: 'text/xml', body, error }
}
