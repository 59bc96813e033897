import { readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findPeer } from './peer-table.ts'

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const line = (local: string, remote: string, uid: number, inode: number): string =>
  `   7: ${local} ${remote} 01 00000000:00000000 02:000A9E1F 00000000  ${uid}        0 ${inode} 2 00000000ec1a397d 20 4 30 10 -1\n`
const peer = '0100007F:A410'
const own = '0100007F:07E8'

test('the peer is the socket whose local end is the peer’s port and whose far end is ours', () => {
  const table = header + line(own, peer, 1, 11) + line(peer, own, 1000, 22) + line(peer, '0100007F:07E9', 2, 33)
  expect(findPeer(table, 0xa410, 0x07e8)).toEqual({ uid: 1000, inode: 22 })
  expect(findPeer(table, 0x07e8, 0xa410)).toEqual({ uid: 1, inode: 11 })
})

test('a port on another address is another peer', () => {
  expect(findPeer(header + line('0200007F:A410', own, 1000, 22), 0xa410, 0x07e8)).toBeNull()
})

test('a socket that its process has closed is nobody’s, although the kernel says root', () => {
  expect(findPeer(header + line(peer, own, 0, 0), 0xa410, 0x07e8)).toBeNull()
})

test('S9: any text gives a peer or none', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom(': ', `${peer} `, `${own} `, line(peer, own, 3, 4), '\n'))
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const found = findPeer(pieces.join(''), 0xa410, 0x07e8)
      expect(found === null || (found.inode > 0 && found.uid >= 0)).toBe(true)
    }),
  )
})

test('the kernel of this machine prints it so', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  await new Promise<void>((resolve) => client.once('connect', resolve))
  const table = readFileSync('/proc/net/tcp', 'latin1')
  expect(findPeer(table, client.localPort ?? 0, port)?.uid).toBe(process.getuid?.())
  client.destroy()
  server.close()
})
