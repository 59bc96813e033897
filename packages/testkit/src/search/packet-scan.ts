/** Searches a packet capture for a secret: every TCP stream as its receiver read it, and all other packets as raw bytes. */
import { mustRun } from '../command.ts'
import { scanFiles } from './file-scan.ts'
import { readStreams } from './packet-streams.ts'
import { FormFinder, type Finding } from './secret-scan/find-forms.ts'
import type { SecretForm } from './secret-scan/secret-forms.ts'

export interface PacketScan {
  readonly findings: readonly Finding[]
  readonly packets: number
  /** Directions of connections. */
  readonly streams: number
  readonly bytesRead: number
  /** Where the capture lacks bytes of a stream. */
  readonly gaps: number
}

/** Of a file that tcpdump wrote. */
export async function scanPackets(capture: string, forms: readonly SecretForm[]): Promise<PacketScan> {
  const { packets, streams } = await readStreams(capture)
  const others = `${capture}.not-tcp`
  await mustRun('tshark', ['-n', '-r', capture, '-Y', 'not tcp.stream', '-F', 'pcap', '-w', others])
  const scan = await scanFiles(others, forms)
  const found = streams.flatMap(({ flow, pieces }) => {
    const finder = new FormFinder(forms)
    for (const piece of pieces) finder.push(piece)
    return [...finder.found].map((form) => ({ place: `packets from ${flow}`, form }))
  })
  return {
    findings: [...scan.findings, ...found],
    packets,
    streams: streams.length,
    bytesRead: streams.flatMap(({ pieces }) => pieces).reduce((sum, { length }) => sum + length, scan.bytesRead),
    gaps: streams.reduce((sum, { gaps }) => sum + gaps, 0),
  }
}
