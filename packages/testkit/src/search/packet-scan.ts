/** Searches a packet capture for a secret: in every TCP stream as its receiver read it, and in all other packets as they are. */
import { readPackets } from './packet-file.ts'
import { readSegment, type TcpSegment } from './packet-segment.ts'
import { joinStreams } from './packet-streams.ts'
import { FormFinder, type Finding } from './secret-scan/find-forms.ts'
import type { SecretForm } from './secret-scan/secret-forms.ts'

export interface PacketScan {
  findings: Finding[]
  packets: number
  /** Directions of connections. */
  streams: number
  /** Of the streams' content. */
  bytesRead: number
  /** Where bytes of a stream are missing in the capture. */
  gaps: number
}

export function scanPackets(capture: Buffer, forms: readonly SecretForm[]): PacketScan {
  const packets = readPackets(capture)
  const scan: PacketScan = { findings: [], packets: packets.length, streams: 0, bytesRead: 0, gaps: 0 }
  const search = (place: string, pieces: readonly Buffer[]): void => {
    const finder = new FormFinder(forms)
    for (const piece of pieces) {
      finder.push(piece)
      scan.bytesRead += piece.length
    }
    scan.findings.push(...[...finder.found].map((form) => ({ place, form })))
  }
  const segments: TcpSegment[] = []
  for (const [index, { frame }] of packets.entries()) {
    const segment = readSegment(frame)
    if (segment === null) search(`packet ${index + 1}, which is not TCP`, [frame])
    else segments.push(segment)
  }
  for (const { flow, pieces, gaps } of joinStreams(segments)) {
    search(`packets from ${flow}`, pieces)
    scan.streams += 1
    scan.gaps += gaps
  }
  return scan
}
