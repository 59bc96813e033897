/** How a pod asks the API of its cluster: with its own account, as it is now, and only whom the cluster's CA knows. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createCa, newFolder } from '@fairlead/testkit'
import { isProblem } from '@fairlead/contract/problems'
import { expect, onTestFinished, test } from 'vitest'
import { openClusterApi } from './cluster-api.ts'

async function startPod() {
  const [ca, stranger] = await Promise.all([createCa(), createCa()])
  const { certPem: cert, keyPem: key } = await ca.issue(['127.0.0.1'])
  const seen: string[] = []
  const server = createServer({ cert, key }, (request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request
      seen.push([method, url, headers.authorization, headers['content-type'], body].filter(Boolean).join(' '))
      response.end(url === '/text' ? 'not JSON' : '{"kind":"Node"}')
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const folder = newFolder('service-account')
  mkdirSync(folder, { recursive: true })
  const put = (name: string, content: string): void => writeFileSync(join(folder, name), content)
  put('token', 'first\n')
  put('namespace', 'fairlead-system')
  put('ca.crt', ca.caPem)
  const port = String((server.address() as AddressInfo).port)
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: port }
  return { api: openClusterApi(env, folder), seen, put, stranger, env, folder }
}

const signal = new AbortController().signal

test('each request has the token that the kubelet wrote last', async () => {
  const { api, seen, put } = await startPod()
  expect(api.namespace).toBe('fairlead-system')
  expect(await api.get('/api', signal)).toEqual({ status: 200, body: { kind: 'Node' } })
  put('token', 'second')
  const changes = [{ op: 'replace', path: '/spec/taints', value: [] }] as const
  expect(await api.patch('/node', changes, signal)).toMatchObject({ status: 200 })
  expect(seen).toEqual([
    'GET /api Bearer first',
    'PATCH /node Bearer second application/json-patch+json [{"op":"replace","path":"/spec/taints","value":[]}]',
  ])
})

test('an answer that is not JSON has no content', async () => {
  const { api } = await startPod()
  expect(await api.get('/text', signal)).toEqual({ status: 200, body: null })
})

test('a server that the CA of the cluster does not know gets no token', async () => {
  const { api, seen, put, stranger } = await startPod()
  put('ca.crt', stranger.caPem)
  await expect(api.get('/api', signal)).rejects.toThrow(/certificate/)
  expect(seen).toEqual([])
})

test('outside a pod there is no API, and the flags are named that need it', async () => {
  const { env, folder } = await startPod()
  const codeOf = (open: () => unknown): string => {
    try {
      open()
      return 'opened'
    } catch (error) {
      return isProblem(error) ? error.code : String(error)
    }
  }
  expect(codeOf(() => openClusterApi({}, folder))).toBe('NOT_IN_A_POD')
  expect(codeOf(() => openClusterApi(env, newFolder('none')))).toBe('NOT_IN_A_POD')
})
