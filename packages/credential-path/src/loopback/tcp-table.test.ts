import { readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { listenersAt, socketsBetween } from './tcp-table.ts'

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const line = (local: string, remote: string, uid: number, inode: number, state = '01'): string =>
  `   7: ${local} ${remote} ${state} 00000000:00000000 02:000A9E1F 00000000  ${uid}        0 ${inode} 2 00000000ec1a397d 20 4 30 10 -1\n`
const peer = '0100007F:A410'
const own = '0100007F:07E8'
const mapped = '0000000000000000FFFF0000'
const peerEnd = { address: '127.0.0.1', port: 0xa410 }
const ownEnd = { address: '127.0.0.1', port: 0x07e8 }

test('finds a socket by both of its ends', () => {
  const table = header + line(own, peer, 1, 11) + line(peer, own, 1000, 22) + line(peer, '0100007F:07E9', 2, 33)
  expect(socketsBetween(table, peerEnd, ownEnd)).toEqual([{ state: 'connected', uid: 1000, inode: 22 }])
  expect(socketsBetween(table, ownEnd, peerEnd)).toEqual([{ state: 'connected', uid: 1, inode: 11 }])
})

test('treats a port on another address as another end', () => {
  expect(socketsBetween(header + line('0200007F:A410', own, 1000, 22), peerEnd, ownEnd)).toEqual([])
})

test('finds an IPv4 end of a dual-stack socket in the other table', () => {
  const table = header + line(`${mapped}${peer}`, `${mapped}${own}`, 5, 55)
  expect(socketsBetween(table, peerEnd, ownEnd)).toEqual([{ state: 'connected', uid: 5, inode: 55 }])
})

test('finds listeners on the address, on all of its family, or on all of both, but not elsewhere', () => {
  const zeros = '0'.repeat(32)
  const table =
    header +
    line(own, '00000000:0000', 1, 11, '0A') +
    line('00000000:07E8', '00000000:0000', 2, 22, '0A') +
    line(`${zeros}:07E8`, `${zeros}:0000`, 3, 33, '0A') +
    line(`${mapped}${own}`, `${zeros}:0000`, 4, 44, '0A') +
    line('0200007F:07E8', '00000000:0000', 5, 55, '0A') +
    line('0100007F:07E9', '00000000:0000', 6, 66, '0A') +
    line(`${'0'.repeat(24)}01000000:07E8`, `${zeros}:0000`, 7, 77, '0A')
  const usersAt = (address: string) =>
    listenersAt(table, { address, port: 0x07e8 })
      .map(({ uid }) => uid)
      .toSorted((a, b) => a - b)
  expect(usersAt('127.0.0.1')).toEqual([1, 2, 3, 4])
  expect(usersAt('127.0.0.2')).toEqual([2, 3, 5])
  expect(usersAt('::1')).toEqual([3, 7])
})

test('S9: reads sockets or nothing from any text', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom(': ', `${peer} `, `${own} `, line(peer, own, 3, 4), '\n'))
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      for (const { uid, inode } of socketsBetween(pieces.join(''), peerEnd, ownEnd)) {
        expect(Number.isInteger(uid) && uid >= 0).toBe(true)
        expect(Number.isInteger(inode) && inode >= 0).toBe(true)
      }
    }),
  )
})

test.each(['127.0.0.1', '127.0.0.2', '::1'])('matches how the kernel of this machine prints %s', async (address) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const { port } = server.address() as AddressInfo
  const client = connect(port, address)
  await new Promise<void>((resolve) => client.once('connect', resolve))
  const table = ['tcp', 'tcp6'].map((name) => readFileSync(`/proc/net/${name}`, 'latin1')).join('')
  const clientEnd = { address: client.localAddress ?? '', port: client.localPort ?? 0 }
  expect(socketsBetween(table, clientEnd, { address, port })).toMatchObject([{ uid: process.getuid?.() }])
  expect(listenersAt(table, { address, port })).toMatchObject([{ uid: process.getuid?.() }])
  client.destroy()
  server.close()
})
