/** Where the files of blobs may be, and how many bytes they may take there: in memory, where there is plenty, and on the agent's disk. */
import { statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import { freeBytes } from '../process/free-bytes.ts'

export interface BlobRoom {
  /** Nobody else can open or replace a file there. */
  readonly folder: string
  /** How many bytes could be added, all told: blobs get a part of it. */
  readonly free: () => Promise<number>
  /** How long a blob stays that nobody reads. */
  readonly keptMs: number
}

/** A failed order is retried within this time. */
const onDiskMs = 10 * 60_000
/** Most are retried within this time; then memory is for workloads. */
const inMemoryMs = 60_000

/** The folder must be the agent's own. */
export const diskRoom = (folder: string, reserveBytes: number): BlobRoom => ({
  folder,
  free: async () => ((await freeBytes(folder)) ?? 0) - reserveBytes,
  keptMs: onDiskMs,
})

const tmpfs = 0x01021994

/** Every Linux has it; in a pod it is small. What is in it counts as memory of this process's cgroup, which its service keeps out of swap. */
export const memoryRoom = (folder = '/dev/shm'): BlobRoom => ({
  folder,
  async free() {
    const { type, bavail, bsize } = await statfs(folder).catch(() => ({ type: 0, bavail: 0, bsize: 0 }))
    // Otherwise it is a folder on a disk that nobody has a reserve for.
    if (type !== tmpfs) return 0
    // What the cgroup's limit leaves, and what the machine has.
    return Math.min(bavail * bsize, process.availableMemory(), freemem())
  },
  keptMs: inMemoryMs,
})
