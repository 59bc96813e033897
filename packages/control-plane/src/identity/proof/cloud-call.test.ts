/** S9: what a cloud answers is read up to a limit, whatever it sends. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { createCa } from '@fairlead/testkit'
import { answerWithoutEnd } from '@fairlead/testkit/endless-answer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callCloud } from './cloud-call.ts'

const host = 'sts.eu-central-1.amazonaws.com'
const call = { host, method: 'POST', path: '/', headers: {}, body: '' } as const
const authorities = getCACertificates('default')
const unreachable = { code: 'CLOUD_IDENTITY_UNREACHABLE', facts: { host } }

let server: Server
let answer: (response: ServerResponse) => void
beforeAll(async () => {
  const ca = await createCa()
  const { certPem: cert, keyPem: key } = await ca.issue([host])
  setDefaultCACertificates([ca.caPem])
  server = createServer({ cert, key }, (_, response) => answer(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  setDefaultCACertificates(authorities)
  server.closeAllConnections()
  server.close()
})

const ask = () => callCloud(call, new Map([[host, `127.0.0.1:${(server.address() as AddressInfo).port}`]]))

test('is an answer with 64 KiB, and none with one byte more', async () => {
  answer = (response) => void response.end('x'.repeat(64 * 1024))
  expect((await ask()).text).toHaveLength(64 * 1024)
  answer = (response) => void response.end('x'.repeat(64 * 1024 + 1))
  await expect(ask()).rejects.toMatchObject(unreachable)
})

test('is none if it has no end, and its connection is closed', async () => {
  const closed = Promise.withResolvers<void>()
  answer = (response) => {
    response.once('close', closed.resolve)
    answerWithoutEnd(response)
  }
  await expect(ask()).rejects.toMatchObject(unreachable)
  await closed.promise
})

test('is none if it is in another protocol', async () => {
  answer = (response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'other' }).end()
  await expect(ask()).rejects.toMatchObject(unreachable)
})

test('is none if it stops before its end', async () => {
  answer = (response) => response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy())
  await expect(ask()).rejects.toMatchObject(unreachable)
})
