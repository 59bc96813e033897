/** The metadata service of an EC2 instance, version 2 only: a session token first, then requests. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Handler } from '../../servers/http-service.ts'
import type { Fleet, Instance, RoleSpec } from './instance.ts'

const tokenHeader = 'x-aws-ec2-metadata-token'
const ttlHeader = `${tokenHeader}-ttl-seconds`

export function metadataHandler(fleet: Fleet): Handler {
  const sessions = new Map<string, number>()

  const issueToken = (request: IncomingMessage, response: ServerResponse): void => {
    const seconds = Number(request.headers[ttlHeader])
    // Like the real one: a request that came through a proxy gets no token.
    if (request.headers['x-forwarded-for'] !== undefined) return answer(response, 403)
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > 21_600) return answer(response, 400)
    const token = randomBytes(40).toString('base64')
    sessions.set(token, Date.now() + seconds * 1000)
    return answer(response, 200, token, { [ttlHeader]: String(seconds) })
  }

  return (request, response) => {
    const path = (request.url ?? '/').replace(/(?<=.)\/$/, '')
    if (request.method === 'PUT' && path === '/latest/api/token') return issueToken(request, response)
    if (request.method !== 'GET') return answer(response, 405)
    const expires = sessions.get(String(request.headers[tokenHeader]))
    if (expires === undefined || expires < Date.now()) return answer(response, 401)
    const found = documents(fleet.spec, fleet.at(request.socket.remoteAddress ?? ''))[path]
    return found === undefined ? answer(response, 404) : answer(response, 200, found())
  }
}

function documents(spec: RoleSpec, instance: Instance): Record<string, () => string> {
  const { account, role, region } = spec
  const base = '/latest/meta-data'
  return {
    [`${base}/iam/security-credentials`]: () => role,
    [`${base}/iam/security-credentials/${role}`]: () => credentialsDocument(instance),
    [`${base}/instance-id`]: () => instance.id,
    [`${base}/local-ipv4`]: () => instance.address,
    [`${base}/placement/region`]: () => region,
    [`${base}/placement/availability-zone`]: () => `${region}a`,
    '/latest/dynamic/instance-identity/document': () =>
      JSON.stringify({
        accountId: account,
        architecture: 'x86_64',
        availabilityZone: `${region}a`,
        imageId: 'ami-0123456789abcdef0',
        instanceId: instance.id,
        instanceType: 'm7i.large',
        pendingTime: '2026-01-01T00:00:00Z',
        privateIp: instance.address,
        region,
        version: '2017-09-30',
      }),
  }
}

function credentialsDocument({ credentials }: Instance): string {
  const now = Date.now()
  return JSON.stringify({
    Code: 'Success',
    LastUpdated: new Date(now).toISOString(),
    Type: 'AWS-HMAC',
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.token,
    Expiration: new Date(now + 6 * 3_600_000).toISOString(),
  })
}

function answer(response: ServerResponse, status: number, body = '', headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain', server: 'EC2ws', ...headers }).end(body)
}
