import type { FileHandle } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { KeptBlob } from './kept-blob.ts'
import { WriteBacklog } from './write-backlog.ts'

const mebibyte = 1024 * 1024
const chunk = new Uint8Array(mebibyte)

/** Holds all writes until released; null: the disk refuses. */
class SlowDisk {
  readonly #go = Promise.withResolvers<boolean>()
  readonly file = {
    writev: async (chunks: readonly Uint8Array[]) => {
      if (!(await this.#go.promise)) throw new Error('the disk is full')
      return { bytesWritten: chunks.reduce((sum, { length }) => sum + length, 0) }
    },
  } as unknown as FileHandle

  let(written: boolean): void {
    this.#go.resolve(written)
  }
}

const keepAll = (blob: KeptBlob, chunks: number): void => {
  for (let at = 0; at < chunks; at++) blob.keep(at * mebibyte, chunk)
}

test.each([true, false])('limits the memory of all layers waiting for a slow disk (written: %s)', async (written) => {
  const backlog = new WriteBacklog(5 * mebibyte)
  const disk = new SlowDisk()
  const blobs = Array.from({ length: 8 }, () => new KeptBlob(disk.file, 0, backlog))
  for (const blob of blobs) keepAll(blob, 3)
  expect(backlog.take(1)).toBe(false)
  disk.let(written)
  const lengths = await Promise.all(blobs.map((blob) => blob.length()))
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(written ? 5 * mebibyte : 0)
  // All of it is free again.
  expect([backlog.take(5 * mebibyte), backlog.take(1)]).toEqual([true, false])
})
