/** Captures whole packets of a port on loopback with tcpdump, from before the first one until it is ended. */
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../deadline.ts'
import { newFolder } from '../run-folder.ts'
import { inLog, startService, untilReady } from '../service.ts'

export interface PacketCapture extends AsyncDisposable {
  /** Ends it and returns its file. A packet that the kernel had to drop is an error: it was not seen. */
  readonly finish: () => Promise<string>
}

export async function capturePackets(port: number): Promise<PacketCapture> {
  const folder = newFolder('packets')
  const file = join(folder, 'lo.pcap')
  const service = startService({
    command: 'tcpdump',
    // 64 MiB of room in the kernel, no name lookups, and no change of user: another user could not write here.
    args: ['-i', 'lo', '-n', '-s', '0', '-B', '65536', '-U', '-Z', 'root', '-w', file, `port ${port}`],
    logFile: join(folder, 'tcpdump.log'),
  })
  await untilReady(service, 'tcpdump listens on lo', inLog(service, /listening on lo/))
  return {
    async finish() {
      await passMarker(port, file)
      await service.stop()
      const dropped = /^(\d+) packets? dropped by kernel/m.exec(service.log())?.[1]
      if (dropped !== '0') throw new Error(`tcpdump did not see everything:\n${service.tail()}`)
      return file
    },
    [Symbol.asyncDispose]: service.stop,
  }
}

/** What the kernel holds back when tcpdump ends is silently lost; once a last packet is in the file, all earlier ones are. */
async function passMarker(port: number, file: string): Promise<void> {
  const marker = randomBytes(32)
  const socket = createSocket('udp4')
  try {
    await new Promise((sent) => socket.send(marker, port, '127.0.0.1', sent))
    await eventually(async () => ((await readFile(file)).includes(marker) ? true : undefined), {
      what: 'the last packet is in the capture',
      everyMs: 100,
    })
  } finally {
    socket.close()
  }
}
