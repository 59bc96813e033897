/**
 * What has been received of an image so far, so that a restarted pull fetches only what is missing. A single unnamed file holds all blobs:
 * nobody can open it, and the kernel frees it with the process, however that ends. Nothing in it counts as verified: readers check digests
 * just as they do for bytes from the registry.
 */
import { randomBytes } from 'node:crypto'
import { open, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Descriptor } from '../registry/image/pull-ticket.ts'
import { KeptBlob } from './kept-blob.ts'
import { writeBacklog } from './write-backlog.ts'

export class Spool implements AsyncDisposable {
  readonly #file: FileHandle
  readonly #limit: number
  readonly #blobs = new Map<string, KeptBlob>()
  #end = 0
  #closed = false

  private constructor(file: FileHandle, limit: number) {
    this.#file = file
    this.#limit = limit
  }

  /** Holds at most this many bytes; the folder must be the agent's own. */
  static async open(folder: string, limit: number): Promise<Spool> {
    const path = join(folder, `spool-${randomBytes(8).toString('hex')}`)
    const file = await open(path, 'wx+', 0o600)
    try {
      await unlink(path)
    } catch (error) {
      await file.close()
      throw error
    }
    return new Spool(file, limit)
  }

  /** Null if there is no room for it. */
  blob({ digest, size }: Descriptor): KeptBlob | null {
    if (this.#closed) return null
    const known = this.#blobs.get(digest)
    if (known !== undefined || this.#end + size > this.#limit) return known ?? null
    const kept = new KeptBlob(this.#file, this.#end, writeBacklog)
    this.#blobs.set(digest, kept)
    this.#end += size
    return kept
  }

  /** Its bytes are free again when this returns. Current readers continue with the registry. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#file.close()
  }
}
