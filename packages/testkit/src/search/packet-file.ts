/** Reads a packet capture in the classic pcap format, as tcpdump writes it: only whole packets of Ethernet. */

export interface CapturedPacket {
  /** The frame, from its Ethernet header on. */
  readonly frame: Buffer
}

const fileHeaderSize = 24
const packetHeaderSize = 16
const ethernet = 1
// In microseconds, in nanoseconds.
const magics = new Set([0xa1b2_c3d4, 0xa1b2_3c4d])

/** A packet that was cut short would hide what it carried, so it is an error; so is a file that ends in the middle of one. */
export function readPackets(file: Buffer): CapturedPacket[] {
  if (file.length < fileHeaderSize) throw new Error('not a packet capture: too short')
  const number = numberReader(file)
  const linkType = number(20) & 0x0fff_ffff
  if (linkType !== ethernet) throw new Error(`a packet capture of link type ${linkType}, which is not Ethernet`)
  const packets: CapturedPacket[] = []
  let at = fileHeaderSize
  while (at < file.length) {
    if (file.length - at < packetHeaderSize) throw new Error('the packet capture ends inside a header')
    const [captured, original] = [number(at + 8), number(at + 12)]
    if (captured < original)
      throw new Error(`packet ${packets.length + 1} was cut from ${original} to ${captured} bytes`)
    at += packetHeaderSize
    if (file.length - at < captured) throw new Error('the packet capture ends inside a packet')
    packets.push({ frame: file.subarray(at, at + captured) })
    at += captured
  }
  return packets
}

/** Numbers are in the byte order of the machine that wrote the file. */
function numberReader(file: Buffer): (at: number) => number {
  if (magics.has(file.readUInt32LE(0))) return (at) => file.readUInt32LE(at)
  if (magics.has(file.readUInt32BE(0))) return (at) => file.readUInt32BE(at)
  throw new Error('not a packet capture: another magic number')
}
