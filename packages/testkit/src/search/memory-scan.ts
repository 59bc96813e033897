/** Searches the memory of a running process for a secret, byte by byte, as an attacker with root would (`/proc/PID/mem`). */
import { open, readFile, type FileHandle } from 'node:fs/promises'
import { FormFinder, type Finding } from './secret-scan/find-forms.ts'
import type { SecretForm } from './secret-scan/secret-forms.ts'

export interface MemoryScan {
  findings: Finding[]
  /** How much memory was read: a scan that read nothing proves nothing. */
  bytesRead: number
}

interface Region {
  start: number
  end: number
  name: string
}

const pieceSize = 4 * 1024 * 1024

export async function scanMemory(pid: number, forms: readonly SecretForm[]): Promise<MemoryScan> {
  const regions = readableRegions(await readFile(`/proc/${pid}/maps`, 'utf8'))
  await using memory = await open(`/proc/${pid}/mem`, 'r')
  const findings: Finding[] = []
  let bytesRead = 0
  for (const region of regions) {
    const finder = new FormFinder(forms)
    bytesRead += await readRegion(memory, region, (piece) => finder.push(piece))
    const place = `memory of process ${pid}, ${region.name}`
    findings.push(...[...finder.found].map((form) => ({ place, form })))
  }
  if (bytesRead === 0) throw new Error(`no memory of process ${pid} could be read`)
  return { findings, bytesRead }
}

/** What `/proc/PID/maps` lists as readable, except the kernel's own pages. */
export function readableRegions(maps: string): Region[] {
  return maps.split('\n').flatMap((line): Region[] => {
    const [, from, to, , name] = /^([0-9a-f]+)-([0-9a-f]+) (r)\S* \S+ \S+ \d+ *(.*)$/.exec(line) ?? []
    if (from === undefined || to === undefined || /^\[(vvar|vsyscall|vdso)/.test(name ?? '')) return []
    return [{ start: Number.parseInt(from, 16), end: Number.parseInt(to, 16), name: name || 'anonymous' }]
  })
}

async function readRegion(memory: FileHandle, region: Region, take: (piece: Buffer) => void): Promise<number> {
  const piece = Buffer.allocUnsafe(Math.min(pieceSize, region.end - region.start))
  let bytesRead = 0
  for (let at = region.start; at < region.end;) {
    const length = Math.min(piece.length, region.end - at)
    const read = await readOrNothing(memory, piece, length, at)
    if (read === 0) break
    take(piece.subarray(0, read))
    bytesRead += read
    at += read
  }
  return bytesRead
}

/** Regions appear and disappear while their process runs, and some devices' pages cannot be read: the kernel returns EIO. */
async function readOrNothing(memory: FileHandle, piece: Buffer, length: number, at: number): Promise<number> {
  try {
    return (await memory.read(piece, 0, length, at)).bytesRead
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EIO' || error.code === 'EFAULT')) return 0
    throw error
  }
}
