/** The life of a certificate while the control plane runs: it is replaced without a restart, and a broken replacement changes nothing. */
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { createCa, type TestCa } from '@fairlead/testkit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startControlPlane, type ControlPlane } from '../main.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { testClock } from '../testing/test-clock.ts'
import { openOwnCa } from './own-ca.ts'
import { prepareTls } from './server-tls.ts'
import { readListenAddress } from '../listen-address.ts'

const dayMs = 86_400_000
let dir: ReturnType<typeof tempDir>
let ca: TestCa
let clock: ReturnType<typeof testClock>
let plane: ControlPlane | null = null

beforeEach(async () => {
  dir = tempDir()
  ca = await createCa(join(dir.path, 'ca'))
  clock = testClock(Date.now())
  return async () => {
    await plane?.close()
    plane = null
    dir[Symbol.dispose]()
  }
})
afterEach(() => void vi.useRealTimers())

const certFile = () => join(dir.path, 'cert.pem')
const keyFile = () => join(dir.path, 'key.pem')

/** What an ACME client does: replaces both files. Returns the serial number. */
async function replaceFiles(hosts = ['control.example.com'], days = 7): Promise<string> {
  const issued = await ca.issue(hosts, { validTo: new Date(clock.now() + days * dayMs) })
  copyFileSync(issued.certFile, certFile())
  copyFileSync(issued.keyFile, keyFile())
  return new X509Certificate(issued.certPem).serialNumber
}

const start = async () => {
  const settings = { listen: '127.0.0.1:0', origin: 'https://control.example.com', metricsListen: '127.0.0.1:0' }
  const files = { tlsCert: certFile(), tlsKey: keyFile() }
  plane = await startControlPlane({ ...settings, ...files, dataDir: dir.path, logLevel: 'silent' }, clock.now)
  return plane
}

async function presented({ address }: ControlPlane): Promise<string> {
  const [host = '', port] = address.split(':')
  const socket = connect({ host, port: Number(port), ca: ca.caPem, checkServerIdentity: () => undefined })
  await once(socket, 'secureConnect')
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

async function metricsOf({ metricsAddress }: ControlPlane) {
  const text = await (await fetch(`http://${metricsAddress}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith('fairlead_tls_'))
  const faults = lines.flatMap((line) => /fault="(\w+)"\} 1$/.exec(line)?.slice(1) ?? [])
  return { faults, expires: Number(lines.find((line) => line.includes('expires'))?.split(' ')[1]) }
}

test('replaced files are served within a minute, and no connection ends', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const first = await replaceFiles()
  const running = await start()
  const [host = '', port] = running.address.split(':')
  const open = connect({ host, port: Number(port), ca: ca.caPem, checkServerIdentity: () => undefined })
  await once(open, 'secureConnect')
  expect(await presented(running)).toBe(first)
  const second = await replaceFiles(['control.example.com'], 20)
  vi.advanceTimersByTime(60_000)
  await expect.poll(() => presented(running), { timeout: 10_000 }).toBe(second)
  expect((await metricsOf(running)).expires).toBeCloseTo((clock.now() + 20 * dayMs) / 1000, -2)
  open.write('GET /healthz HTTP/1.1\r\nhost: control.example.com\r\n\r\n')
  expect(String(await once(open, 'data'))).toContain('200 OK')
  open.destroy()
})

test('an unusable replacement changes nothing and is reported, until there is a good one', async () => {
  const first = await replaceFiles()
  const running = await start()
  expect((await metricsOf(running)).faults).toEqual([])
  const other = await ca.issue(['control.example.com'])
  copyFileSync(other.certFile, certFile())
  await running.reload()
  expect([await presented(running), (await metricsOf(running)).faults]).toEqual([first, ['not_replaced']])
  writeFileSync(certFile(), 'half a certif')
  await running.reload()
  expect([await presented(running), (await metricsOf(running)).faults]).toEqual([first, ['not_replaced']])
  const second = await replaceFiles()
  await running.reload()
  expect([await presented(running), (await metricsOf(running)).faults]).toEqual([second, []])
})

test('metrics show what clients will reject from the start, and what they will reject later once it applies', async () => {
  await replaceFiles(['other.example.com'])
  const running = await start()
  expect((await metricsOf(running)).faults).toEqual(['other_name'])
  clock.advance(8 * dayMs)
  await running.reload()
  expect((await metricsOf(running)).faults).toEqual(['expired', 'other_name'])
  await replaceFiles()
  await running.reload()
  expect((await metricsOf(running)).faults).toEqual([])
})

test('without TLS there is no certificate expiry', async () => {
  plane = await startControlPlane({
    listen: '127.0.0.1:0',
    metricsListen: '127.0.0.1:0',
    dataDir: dir.path,
    logLevel: 'silent',
  })
  expect(await metricsOf(plane)).toEqual({ faults: [], expires: Number.NaN })
})

test('a certificate from its own CA is renewed while it runs, three months before it expires, and never beyond the CA’s expiry', async () => {
  const begun = Date.now()
  const address = readListenAddress('0.0.0.0:0')
  const tls = await prepareTls({ dataDir: dir.path, address, asked: null, now: begun })
  expect(await tls?.renewed(begun + 700 * dayMs)).toBeNull()
  const renewed = await tls?.renewed(begun + 740 * dayMs)
  expect(Date.parse(new X509Certificate(renewed?.cert ?? '').validTo)).toBeGreaterThan(begun + 1500 * dayMs)
  expect(await tls?.renewed(begun + 741 * dayMs)).toBeNull()
  const { endsAt } = await openOwnCa(dir.path, begun)
  const last = await tls?.renewed(endsAt - 30 * dayMs)
  expect(Date.parse(new X509Certificate(last?.cert ?? '').validTo)).toBe(endsAt)
  expect(await tls?.renewed(endsAt - 20 * dayMs)).toBeNull()
})
