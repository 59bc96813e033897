import { assert, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPackets } from './packet-file.ts'
import { readSegment } from './packet-segment.ts'
import { scanPackets } from './packet-scan.ts'
import { secretForms } from './secret-scan/secret-forms.ts'

const secret = 'a-secret-of-many-letters'
const forms = secretForms(secret)

function capture(frames: readonly Buffer[], { cutTo = Number.POSITIVE_INFINITY, bigEndian = false } = {}): Buffer {
  const numbers = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(values.length * 4)
    for (const [index, value] of values.entries()) {
      if (bigEndian) bytes.writeUInt32BE(value, index * 4)
      else bytes.writeUInt32LE(value, index * 4)
    }
    return bytes
  }
  return Buffer.concat([
    numbers(0xa1b2_c3d4, 0, 0, 0, 262_144, 1),
    ...frames.flatMap((frame) => [
      numbers(0, 0, Math.min(cutTo, frame.length), frame.length),
      frame.subarray(0, cutTo),
    ]),
  ])
}

function ethernet(type: number, packet: Buffer): Buffer {
  const header = Buffer.alloc(14)
  header.writeUInt16BE(type, 12)
  return Buffer.concat([header, packet])
}

function tcpBytes(sequence: number, flags: number, payload: string): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(40_000, 0)
  header.writeUInt16BE(80, 2)
  header.writeUInt32BE(sequence, 4)
  header.writeUInt8(5 << 4, 12)
  header.writeUInt8(flags, 13)
  return Buffer.concat([header, Buffer.from(payload)])
}

function ipv4(sequence: number, flags: number, payload = '', protocol = 6): Buffer {
  const content = tcpBytes(sequence, flags, payload)
  const header = Buffer.alloc(20)
  header.writeUInt8(0x45, 0)
  header.writeUInt16BE(20 + content.length, 2)
  header.writeUInt8(protocol, 9)
  header.set([127, 0, 0, 1, 127, 0, 0, 2], 12)
  return ethernet(0x0800, Buffer.concat([header, content]))
}

function ipv6(sequence: number, flags: number, payload = ''): Buffer {
  const content = Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]), tcpBytes(sequence, flags, payload)])
  const header = Buffer.alloc(40)
  header.writeUInt8(0x60, 0)
  header.writeUInt16BE(content.length, 4)
  return ethernet(0x86dd, Buffer.concat([header, content]))
}

const syn = 2

describe.each([
  { name: 'IPv4', frame: ipv4 },
  { name: 'IPv6 with an extension header', frame: ipv6 },
])('over $name', ({ frame }) => {
  test('a secret that is split over two segments is found, though no packet holds it', () => {
    const file = capture([frame(9, syn), frame(10, 0, `POST / ${secret.slice(0, 9)}`), frame(26, 0, secret.slice(9))])
    expect(file.includes(secret)).toBe(false)
    const scan = scanPackets(file, forms)
    expect(scan.findings.map(({ form }) => form)).toEqual(['as it is'])
    expect(scan).toMatchObject({ packets: 3, streams: 1, gaps: 0, bytesRead: 7 + secret.length })
  })
})

test('a packet that is not TCP is searched as it is', () => {
  const file = capture([ipv4(1, 0, secret, 17)], { bigEndian: true })
  expect(scanPackets(file, forms).findings).toEqual([{ place: 'packet 1, which is not TCP', form: 'as it is' }])
})

test('a packet that was cut short is an error, since it hides something', () => {
  expect(() => readPackets(capture([ipv4(1, 0, secret)], { cutTo: 60 }))).toThrow('was cut from 78 to 60 bytes')
})

test('S9: any bytes are a capture, or an error that says so', () => {
  const read = (file: Buffer): string => {
    try {
      return `${readPackets(file).length} packets`
    } catch (error) {
      return String(error)
    }
  }
  assert(
    property(uint8Array({ maxLength: 200 }), (bytes) => {
      expect(read(Buffer.from(bytes))).toContain('packet')
      expect(read(Buffer.concat([capture([]), bytes]))).toContain('packet')
    }),
  )
})

test('S9: any frame is a segment within its bytes, or none', () => {
  assert(
    property(uint8Array({ maxLength: 120 }), uint8Array({ maxLength: 60 }), (bytes, tail) => {
      for (const type of [0x0800, 0x86dd]) {
        for (const version of [0x45, 0x60]) {
          const frame = ethernet(type, Buffer.concat([Buffer.from([version]), bytes, tail]))
          expect((readSegment(frame)?.payload.length ?? 0) <= frame.length).toBe(true)
        }
      }
    }),
  )
})
