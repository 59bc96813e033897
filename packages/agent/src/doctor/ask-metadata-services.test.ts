/** Small real servers in the shapes that metadata services have, and others at their address. */
import type { ServerResponse } from 'node:http'
import { listen, type HttpService } from '@fairlead/testkit'
import { answerWithoutEnd } from '@fairlead/testkit/endless-answer'
import { afterEach, describe, expect, test } from 'vitest'
import { askMetadataServices, metadataServices } from './ask-metadata-services.ts'
import { exposureOfAll, type Exposure } from './metadata-exposure.ts'

const never = new AbortController().signal
const rolePath = '/latest/meta-data/iam/security-credentials/'
const emailPath = '/computeMetadata/v1/instance/service-accounts/default/email'
const token = 'AQAEAK0canaryOfASession1234567890abcdefghijklmnopqrstuv=='

type Handler = Parameters<typeof listen>[0]

let server: HttpService | undefined
afterEach(() => server?.stop())

/** What both clouds' questions find at one address, and the questions. */
async function ask(handler: Handler, silenceMs?: number): Promise<{ found: Exposure; asked: string[] }> {
  const asked: string[] = []
  server = await listen((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    return handler(request, response)
  })
  const { host } = server
  const services = [{ cloud: 'aws', host } as const, { cloud: 'gcp', host } as const]
  return { found: exposureOfAll(await askMetadataServices(services, never, silenceMs)), asked }
}

const text = (response: ServerResponse, status: number, body = ''): void => {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(body)
}
const hang = (): void => undefined

interface Aws {
  readonly role?: string
  readonly allowsV1?: boolean
  /** `held`, as by a hop limit: the question arrives, and its answer does not. */
  readonly session?: 'given' | 'held' | 'cut'
}

const aws =
  ({ role = 'node-role', allowsV1 = false, session = 'given' }: Aws): Handler =>
  (request, response) => {
    if (request.method === 'PUT' && request.url === '/latest/api/token') {
      if (session === 'held') return hang()
      if (session === 'cut') return void response.destroy()
      const seconds = request.headers['x-aws-ec2-metadata-token-ttl-seconds']
      return seconds === undefined ? text(response, 400) : text(response, 200, token)
    }
    if (!allowsV1 && request.headers['x-aws-ec2-metadata-token'] !== token) return text(response, 401)
    return request.url === rolePath && role !== '' ? text(response, 200, role) : text(response, 404)
  }

const google =
  (email: string): Handler =>
  (request, response) => {
    if (request.headers['metadata-flavor'] !== 'Google') return text(response, 403, 'Missing Metadata-Flavor:Google')
    return request.url === emailPath && email !== '' ? text(response, 200, email) : text(response, 404)
  }

describe('the node’s identity is exposed by', () => {
  test('IMDSv2 that gives a session', async () => {
    expect((await ask(aws({}))).found).toEqual({ whose: 'node', by: 'IMDSv2' })
  })

  test('IMDSv1, also where a hop limit keeps the token of IMDSv2', async () => {
    expect((await ask(aws({ allowsV1: true }))).found).toEqual({ whose: 'node', by: 'IMDSv1' })
    await server?.stop()
    const { found } = await ask(aws({ allowsV1: true, session: 'cut' }))
    expect(found).toEqual({ whose: 'node', by: 'IMDSv1' })
  })

  test('Google’s metadata server with the node’s service account', async () => {
    const { found } = await ask(google('123-compute@developer.gserviceaccount.com\n'))
    expect(found).toEqual({ whose: 'node', by: "Google's metadata server" })
  })

  test('an endless answer, which is not read to its end', async () => {
    const { found } = await ask((_, response) => answerWithoutEnd(response))
    expect(found.whose).toBe('node')
  })
})

test('S9: of an answer of more than 16 KiB nothing is read, not even that it is for the pod', async () => {
  const longest = 'team-project.svc.id.goog'.padEnd(16_384)
  expect((await ask(google(longest))).found).toEqual({ whose: 'pod' })
  await server?.stop()
  expect((await ask(google(`${longest} `))).found).toEqual({ whose: 'node', by: "Google's metadata server" })
})

describe('nothing is exposed by', () => {
  test('IMDSv2 behind a hop limit of 1, which accepts the connection and whose token never arrives', async () => {
    const { found, asked } = await ask(aws({ session: 'held' }), 300)
    expect(found).toEqual({ whose: 'nobody' })
    expect(asked).toContain('PUT /latest/api/token')
  })

  test('a machine that has no role or no service account', async () => {
    expect((await ask(aws({ role: '' }))).found).toEqual({ whose: 'nobody' })
    await server?.stop()
    expect((await ask(google(''))).found).toEqual({ whose: 'nobody' })
  })

  test('GKE’s Workload Identity, which answers for the pod', async () => {
    expect((await ask(google('team-project.svc.id.goog'))).found).toEqual({ whose: 'pod' })
  })

  test('a service that accepts and says nothing, a redirect, and an address where nobody listens', async () => {
    expect((await ask(hang, 300)).found).toEqual({ whose: 'nobody' })
    await server?.stop()
    const elsewhere: Handler = (_, response) => void response.writeHead(302, { location: rolePath }).end()
    expect((await ask(elsewhere)).found).toEqual({ whose: 'nobody' })
    await server?.stop()
    const services = [{ cloud: 'aws', host: server?.host ?? '' } as const]
    expect(exposureOfAll(await askMetadataServices(services, never))).toEqual({ whose: 'nobody' })
  })
})

test('a session is used for the name of the role alone, and nobody asks for credentials or a token of Google', async () => {
  const asked = [...(await ask(aws({}))).asked]
  await server?.stop()
  asked.push(...(await ask(google('a@b.iam.gserviceaccount.com'))).asked)
  expect(new Set(asked)).toEqual(new Set([`GET ${rolePath}`, 'PUT /latest/api/token', `GET ${emailPath}`]))
})

test('an end on request ends the questions', async () => {
  server = await listen(hang)
  const services = [{ cloud: 'aws', host: server.host } as const]
  const ended = AbortSignal.abort()
  expect(await askMetadataServices(services, ended)).toEqual([{ whose: 'nobody' }])
})

test('both clouds are asked, over IPv4 and IPv6', () => {
  expect(metadataServices.map(({ cloud, host }) => `${cloud} ${new URL(`http://${host}/`).host}`)).toEqual([
    'aws 169.254.169.254',
    'aws [fd00:ec2::254]',
    'gcp 169.254.169.254',
    'gcp [fd20:ce::254]',
  ])
})
