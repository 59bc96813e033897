/** What tshark makes of packets that are built here, byte by byte. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { array, integer, nat, sample, tuple, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanPackets } from './packet-scan.ts'
import { readStreams } from './packet-streams.ts'
import { newFolder } from '../run-folder.ts'
import { secretForms } from './secret-scan/secret-forms.ts'

const secret = 'a-secret-of-many-letters'
const forms = secretForms(secret)

interface Segment {
  readonly sequence: number
  readonly opens?: boolean
  readonly resets?: boolean
  readonly payload?: string | Uint8Array
  /** From the server. */
  readonly back?: boolean
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4)
  return bytes
}

function capture(frames: readonly Buffer[], cutTo = Number.POSITIVE_INFINITY): Buffer {
  return Buffer.concat([
    numbers(0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 1),
    ...frames.flatMap((frame) => [
      numbers(0, 0, Math.min(cutTo, frame.length), frame.length),
      frame.subarray(0, cutTo),
    ]),
  ])
}

async function captureFile(bytes: Uint8Array): Promise<string> {
  const file = join(newFolder('packets'), 'lo.pcap')
  await writeFile(file, bytes)
  return file
}

function ethernet(type: number, packet: Buffer): Buffer {
  const header = Buffer.alloc(14)
  header.writeUInt16BE(type, 12)
  return Buffer.concat([header, packet])
}

function tcp({ sequence, opens, resets, payload = '', back }: Segment, port: number): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(back ? 80 : port, 0)
  header.writeUInt16BE(back ? port : 80, 2)
  header.writeUInt32BE(sequence, 4)
  header.writeUInt8(5 << 4, 12)
  header.writeUInt8((opens ? 0x02 : 0x10) | (resets ? 0x04 : 0), 13)
  return Buffer.concat([header, Buffer.from(payload)])
}

function ipv4(segment: Segment, port = 40_000, protocol = 6): Buffer {
  const content = tcp(segment, port)
  const header = Buffer.alloc(20)
  header.writeUInt8(0x45, 0)
  header.writeUInt16BE(20 + content.length, 2)
  header.writeUInt8(64, 8)
  header.writeUInt8(protocol, 9)
  header.set([127, 0, 0, 1, 127, 0, 0, 1], 12)
  return ethernet(0x0800, Buffer.concat([header, content]))
}

function ipv6(segment: Segment): Buffer {
  const content = Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]), tcp(segment, 40_000)])
  const header = Buffer.alloc(40)
  header.writeUInt8(0x60, 0)
  header.writeUInt16BE(content.length, 4)
  return ethernet(0x86dd, Buffer.concat([header, content]))
}

describe.each([
  { name: 'IPv4', frame: ipv4 },
  { name: 'IPv6 with an extension header', frame: ipv6 },
])('over $name', ({ frame }) => {
  test('finds a secret that is split over two segments, though no packet holds it', async () => {
    const bytes = capture([
      frame({ sequence: 9, opens: true }),
      frame({ sequence: 10, payload: `POST / ${secret.slice(0, 9)}` }),
      frame({ sequence: 26, payload: secret.slice(9) }),
    ])
    expect(bytes.includes(secret)).toBe(false)
    const scan = await scanPackets(await captureFile(bytes), forms)
    expect(scan.findings.map(({ form }) => form)).toEqual(['as it is'])
    expect(scan).toMatchObject({ packets: 3, streams: 1, gaps: 0 })
  })
})

test('a packet that is not TCP is searched as raw bytes', async () => {
  const file = await captureFile(capture([ipv4({ sequence: 1, payload: secret }, 40_000, 17)]))
  const scan = await scanPackets(file, forms)
  expect(scan.findings).toEqual([{ place: `${file}.not-tcp`, form: 'as it is' }])
  expect(scan).toMatchObject({ packets: 1, streams: 0 })
})

test('a truncated packet is an error, since it hides something', async () => {
  const file = await captureFile(capture([ipv4({ sequence: 1, payload: secret })], 60))
  await expect(readStreams(file)).rejects.toThrow('packet 1 was cut from 78 to 60 bytes')
})

test.each([
  ['is empty', Buffer.alloc(0)],
  ['is no capture', Buffer.from('no packets at all, but text that goes on')],
  ['ends inside a packet', capture([ipv4({ sequence: 1, payload: secret })]).subarray(0, -1)],
])('a file that %s is an error', async (_, bytes) => {
  await expect(readStreams(await captureFile(bytes))).rejects.toThrow('tshark')
})

test('reads split, repeated, overlapping and reordered segments as they were written', async () => {
  const cuts = array(tuple(nat(300), nat(300)), { maxLength: 20 })
  const content = uint8Array({ minLength: 1, maxLength: 300 })
  const drawn = sample(tuple(content, cuts, integer({ min: 0, max: 2 ** 32 - 1 }), nat()), 100)
  const connections = drawn.map(([bytes, again, first, turn]) => {
    // Full coverage in pieces of 7, plus any further pieces of the same content, in another order.
    const starts: [number, number][] = [
      ...Array.from({ length: Math.ceil(bytes.length / 7) }, (_, n): [number, number] => [n * 7, n * 7 + 7]),
      ...again.map(([from, to]): [number, number] => [Math.min(from, to), Math.max(from, to)]),
    ]
    const segments = starts.map(([from, to]): Segment => {
      return { sequence: (first + 1 + from) % 2 ** 32, payload: bytes.subarray(from, to) }
    })
    const turned = [...segments.slice(turn % segments.length), ...segments.slice(0, turn % segments.length)]
    return [{ sequence: first, opens: true }, ...turned.toReversed()]
  })
  const read = await readConnections(connections)
  expect(read).toEqual(drawn.map(([bytes]) => [{ bytes: Buffer.from(bytes), gaps: 0 }]))
})

test('each direction of each connection is a stream, and its missing bytes are counted', async () => {
  const opening = { sequence: 100, opens: true }
  const one = { sequence: 101, payload: 'one' }
  const refusal: Segment = { sequence: 0, resets: true, back: true }
  const stream = (text: string, gaps: number) => ({ bytes: Buffer.from(text), gaps })
  const cases: [what: string, segments: Segment[], streams: ReturnType<typeof stream>[]][] = [
    [
      'the two directions, and two connections of the same ports one after the other',
      [
        opening,
        one,
        { sequence: 500, opens: true, back: true },
        { sequence: 501, payload: 'answer', back: true },
        { sequence: 900, opens: true },
        { sequence: 901, payload: 'two' },
      ],
      [stream('one', 0), stream('answer', 0), stream('two', 0)],
    ],
    ['a repeated opening opens nothing new', [opening, opening, one], [stream('one', 0)]],
    ['a gap in the middle', [opening, one, { sequence: 107, payload: 'three' }], [stream('onethree', 1)]],
    ['an opening that was not captured', [one], [stream('one', 1)]],
    ['a gap at the beginning', [opening, { sequence: 102, payload: 'ne' }], [stream('ne', 1)]],
    ['a connection that was refused has no bytes in that direction', [opening, refusal], [stream('', 0)]],
    ['refused, and tried again', [opening, refusal, opening, refusal], [stream('', 0)]],
    [
      'a reset with none seen before it may hide some',
      [opening, { ...refusal, sequence: 500 }],
      [stream('', 0), stream('', 1)],
    ],
  ]
  const read = await readConnections(cases.map(([, segments]) => segments))
  expect(cases.map(([what], index) => [what, read[index]])).toEqual(cases.map(([what, , streams]) => [what, streams]))
})

/** The streams of each connection, all in one capture, since tshark takes a second to start. */
async function readConnections(connections: readonly (readonly Segment[])[]) {
  const portOf = (index: number): number => 20_000 + index
  const frames = connections.flatMap((segments, index) => segments.map((one) => ipv4(one, portOf(index))))
  const { streams } = await readStreams(await captureFile(capture(frames)))
  return connections.map((_, index) =>
    streams
      .filter(({ flow }) => new RegExp(`port ${portOf(index)}\\b`).test(flow))
      .map(({ pieces, gaps }) => ({ bytes: Buffer.concat(pieces), gaps })),
  )
}
