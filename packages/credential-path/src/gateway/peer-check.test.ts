/** Who counts as the engine when the kernel's table says little. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { PeerCheck } from './peer-check.ts'

const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0')

/** A /proc with one connection from port 40000 to port 7464 on 127.0.0.1, of this user and inode. */
function procWith(uid: number, inode: number): string {
  const proc = newFolder('proc')
  mkdirSync(join(proc, 'net'))
  const row = `   0: 0100007F:${hex(40_000)} 0100007F:${hex(7464)} 01 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1\n`
  writeFileSync(join(proc, 'net', 'tcp'), row)
  return proc
}

const judge = (proc: string, uid: number | null, peerPort = 40_000) =>
  new PeerCheck({ uid, pids: null }, proc).judge(peerPort, 7464)

test('root is the engine', async () => {
  expect(await judge(procWith(0, 7), 0)).toBe('engine')
})

test.each([
  ['a socket of another user', procWith(1000, 7), 0, 40_000],
  ['a socket without an owner', procWith(0, 0), 0, 40_000],
  ['a connection that the table does not show', procWith(0, 7), 0, 40_001],
  ['a machine without a table', newFolder('no-proc'), 0, 40_000],
  ['a machine where no engine was seen', procWith(0, 7), null, 40_000],
] as const)('S12: %s is a stranger', async (_, proc, uid, port) => {
  expect(await judge(proc, uid, port)).toBe('stranger')
})
