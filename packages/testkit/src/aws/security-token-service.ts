/** STS as far as a node asks it: who am I. It verifies the signature, and that it is of these fifteen minutes, as the real one does. */
import { randomUUID } from 'node:crypto'
import { listen, readBody, type ListenOptions } from '../http-service.ts'
import { succeed, type AwsAnswer } from './answer.ts'
import { isSigned, readSignature, type SignedCall } from './signature-v4.ts'

/** Whom a pair of keys is, as STS names it: a role's session, a user, a federated user or the account itself. */
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
  /** HOST:PORT to connect to; its certificate is that of the region's own name. */
  readonly address: string
  /** New keys of that caller. */
  readonly keysOf: (caller: StsCaller) => StsKeys
  /** Of every call that came: its headers, and what was answered. */
  readonly calls: readonly { readonly headers: SignedCall['headers']; readonly status: number }[]
  /** Answers so to all that comes, whatever it is; null ends that. */
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
  const state: Pick<SecurityTokenService, 'answerWith'> = { answerWith: null }

  const service = await listen(async (request, response) => {
    const { method = '', url = '/', headers } = request
    const caller = callerOf({ method, url, headers, body: await readBody(request, 64 * 1024) }, known, clock())
    const { status, body, contentType } =
      state.answerWith?.(caller) ?? (caller === null ? denied() : answerIdentity(caller))
    calls.push({ headers, status })
    response.writeHead(status, { 'content-type': contentType }).end(body)
  }, options)

  return Object.assign(state, {
    address: `${options.host ?? '127.0.0.1'}:${service.port}`,
    keysOf(caller: StsCaller): StsKeys {
      const code = randomUUID().replaceAll('-', '').toUpperCase()
      const keys = {
        accessKeyId: `ASIA${code.slice(0, 16)}`,
        secretAccessKey: randomUUID() + randomUUID(),
        sessionToken: Buffer.from(randomUUID().repeat(6)).toString('base64'),
      }
      known.set(keys.accessKeyId, { keys, caller })
      return keys
    },
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

function denied(): AwsAnswer {
  const error = 'SignatureDoesNotMatch'
  const body =
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${error}</Code>` +
    `<Message>The request signature we calculated does not match.</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`
  return { status: 403, contentType: 'text/xml', body, error }
}
