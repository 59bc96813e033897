/** S12: a row in the kernel's table of unix sockets is not trusted just because it exists. */
import { readdirSync, readlinkSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inodesIn, listeningClaims, whoListens } from './listening-sockets.ts'

const path = '/run/docker.sock'
const names = new Set([path])

interface Socket {
  readonly inode: number
  readonly listens: boolean
  /** Null: it was not bound. */
  readonly path: string | null
}

/** As the kernel prints it: the path is not escaped. */
const rowOf = ({ inode, listens, path: bound }: Socket): string =>
  `00000000e0af7998: 00000002 00000000 ${listens ? '00010000 0001 01' : '00000000 0001 03'} ${String(inode).padStart(5)}` +
  `${bound === null ? '' : ` ${bound}`}\n`
const tableOf = (sockets: readonly Socket[]): string =>
  `Num       RefCount Protocol Flags    Type St Inode Path\n${sockets.map(rowOf).join('')}`
const forged = (inode: number, rest: Partial<Socket> = {}): string =>
  `/tmp/x\n${rowOf({ inode, listens: true, path, ...rest }).slice(0, -1)}`

const engine: Socket = { inode: 12, listens: true, path }
const daemon: Socket = { inode: 40, listens: false, path: '/run/daemon.sock' }
const pidsOf = new Map([
  ['12', [100]],
  ['40', [200]],
  // A socket of another family, which has no row in this table.
  ['77', [300]],
])
const others = new Set(['77'])
const found = (sockets: readonly Socket[], known = others): readonly number[] | null =>
  whoListens(
    listeningClaims(tableOf(sockets), names).map((claim) => ({ ...claim, pids: pidsOf.get(claim.inode) ?? [] })),
    known,
  )

test('counts only sockets that listen, not connected peers, other paths or abstract names', () => {
  const rest = [
    { inode: 1, listens: false, path },
    { inode: 2, listens: true, path: '/run/other.sock' },
    { inode: 3, listens: true, path: `@${path}` },
    { inode: 4, listens: true, path: null },
  ]
  expect(listeningClaims(tableOf([...rest, engine]), names)).toEqual([{ inode: '12', rows: 1 }])
})

describe('S12: a row forged by a line break in a path', () => {
  const stranger = (bound: string): Socket => ({ inode: 50, listens: true, path: bound })

  test('does not make another user’s unix socket the engine’s', () => {
    expect(found([engine, daemon, stranger(forged(40))])).toEqual([100])
  })

  test('does not hide the engine', () => {
    expect(found([engine, stranger(forged(12, { listens: false, path: '/x' }))])).toEqual([100])
  })

  test('changes nothing if no possible engine holds its socket', () => {
    expect(found([engine, stranger(forged(50)), stranger(forged(999))])).toEqual([100])
  })

  test('does not make a socket of another family the engine’s', () => {
    expect(found([engine, stranger(forged(77))])).toEqual([100])
  })

  test('yields no engine, rather than one named by a stranger, if they cannot be distinguished', () => {
    expect(found([engine, daemon, stranger(forged(40)), stranger(forged(12))])).toEqual([])
    expect(found([engine, stranger(forged(77))], new Set())).toEqual([])
  })

  test('never takes another process for the engine, whatever strangers bind', () => {
    const socket = fc.record({
      inode: fc.constantFrom(50, 51, 52),
      listens: fc.boolean(),
      path: fc.option(
        fc
          .array(
            fc.oneof(
              fc.string({ maxLength: 20 }),
              fc.constantFrom(path, '\n', ' ', '@'),
              fc
                .record({
                  inode: fc.constantFrom(12, 40, 77, 50),
                  listens: fc.boolean(),
                  path: fc.constantFrom(path, '/x', null),
                })
                .map((made) => `\n${rowOf(made)}`),
            ),
            { maxLength: 6 },
          )
          .map((pieces) => pieces.join('')),
      ),
    })
    fc.assert(
      fc.property(fc.array(socket, { maxLength: 6 }), fc.nat(), (strangers, at) => {
        const own = [engine, daemon]
        const place = at % (strangers.length + 1)
        const pids = found([...strangers.slice(0, place), ...own, ...strangers.slice(place)])
        expect([[], [100]]).toContainEqual(pids)
      }),
      { numRuns: 2000 },
    )
  })
})

test('reads inodes from the tables of other families as this kernel prints them', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
  const inodes = inodesIn(await readFile('/proc/net/tcp', 'latin1'))
  server.close()
  expect(links.filter((link) => inodes.some((inode) => link === `socket:[${inode}]`))).not.toEqual([])
  for (const inode of inodesIn(await readFile('/proc/net/netlink', 'latin1'))) expect(inode).toMatch(/^\d+$/)
})

test('S9: reads inodes or nothing from any text', () => {
  fc.assert(fc.property(fc.string(), (text) => inodesIn(text).every((inode) => /^[1-9]\d*$/.test(inode))))
})

test('relies on a kernel that prints a path with a line break unescaped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rows-'))
  const server = createServer()
  try {
    await new Promise<void>((resolve) =>
      server.listen(join(folder, `x\n${rowOf({ ...engine, inode: 7 }).trim()}`.slice(0, 60)), resolve),
    )
    expect(await readFile('/proc/net/unix', 'latin1')).toContain(`${folder}/x\n00000000e0af7998: 0000`)
  } finally {
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
})
