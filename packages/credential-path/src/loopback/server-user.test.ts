/** Who owns the far end of a connection: for every table the kernel can show, the right user, "look again" or no user. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { serverUsers } from './server-user.ts'

const line = (local: string, remote: string, state: string, uid: number, inode: number): string =>
  `   7: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0 20 0 0 10 -1\n`
const server = { address: '127.0.0.1', port: 0x2116 }
const client = { address: '127.0.0.1', port: 0xa410 }
const ends = ['0100007F:2116', '0100007F:A410'] as const
const listening = (uid: number) => line(ends[0], '00000000:0000', '0A', uid, 1)
const own = line(ends[1], ends[0], '01', 7, 9)
const users = (...rows: string[]) => serverUsers(rows.join(''), server, client)

test('is the user whose process accepted the connection, no matter who listens there now', () => {
  expect(users(listening(0), line(...ends, '01', 65534, 12), own)).toEqual([65534])
})

test('is unknown until a process accepts the connection: the kernel reports root for such a socket', () => {
  expect(users(listening(65534), line(...ends, '01', 0, 0), own)).toBeNull()
})

test('is the listener’s while the kernel itself still holds the connection', () => {
  expect(users(listening(65534), line(...ends, '03', 65534, 0), own)).toEqual([65534])
})

test('is the listener if the far end does not exist yet, and no user if there is no listener: root routed it elsewhere', () => {
  expect(users(listening(65534), own)).toEqual([65534])
  expect(users(own)).toEqual([])
  expect(users()).toEqual([])
})

test('S2: never mistakes another user’s socket for root’s, in any order and among any other rows', () => {
  const others = fc.array(
    fc.constantFrom(
      own,
      line('0200007F:2116', ends[1], '01', 0, 5),
      line(ends[0], '0100007F:A411', '01', 0, 6),
      line(...ends, '06', 0, 0),
      line('0100007F:2117', '00000000:0000', '0A', 0, 7),
    ),
  )
  const state = fc.constantFrom('01', '02', '03', '04', '05', '08')
  fc.assert(
    fc.property(others, others, state, fc.boolean(), (before, after, shown, accepted) => {
      // For a socket not yet accepted the kernel reports root; for one it holds itself, the listener.
      const uid = accepted || shown === '03' ? 65534 : 0
      const found = users(...before, listening(65534), line(...ends, shown, uid, accepted ? 12 : 0), ...after)
      expect(found === null || (found.length > 0 && found.every((user) => user === 65534))).toBe(true)
    }),
  )
})
