/** One image layer: part of a file tree as a tar with fixed order, owners and times, compressed, named by its digest. */
import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface Layer {
  /** For the compressed bytes, as in a manifest. */
  digest: string
  size: number
  /** For the plain tar, as in an image's config. */
  diffId: string
}

export interface LayerOptions {
  root: string
  blobs: string
  include: readonly string[]
  /** Folders that stay, but without their content. */
  exclude: readonly string[]
  /** The number of the user and group to whom every file belongs; those on this disk when absent. */
  owner?: number
}

/** Every file in a layer has this time: 2024-01-01. */
const fixedTime = '@1704067200'

export async function packLayer({ root, blobs, include, exclude, owner }: LayerOptions): Promise<Layer> {
  const order = ['--sort=name', '--numeric-owner', '--format=gnu', `--mtime=${fixedTime}`, '--anchored']
  const belonging = owner === undefined ? [] : [`--owner=${owner}`, `--group=${owner}`]
  const left = exclude.map((folder) => `--exclude=./${folder}/?*`)
  const tar = spawn(
    'tar',
    [
      '-C',
      root,
      ...order,
      ...belonging,
      ...left,
      '-cf',
      '-',
      ...include.map((path) => (path === '.' ? path : `./${path}`)),
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  // At least two threads: with one, pigz writes different bytes.
  const pigz = spawn('pigz', ['-n', '-4', '-p', String(Math.max(2, availableParallelism()))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const plain = new DigestMeter()
  const packed = new DigestMeter()
  const file = join(blobs, `unnamed-${randomUUID()}`)
  await Promise.all([
    pipeline(tar.stdout, plain, pigz.stdin),
    pipeline(pigz.stdout, packed, createWriteStream(file)),
    successOf('tar', tar),
    successOf('pigz', pigz),
  ])
  const layer = { digest: packed.digest(), size: packed.bytes, diffId: plain.digest() }
  await rename(file, join(blobs, layer.digest.slice('sha256:'.length)))
  return layer
}

function successOf(name: string, child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve()
      else reject(new Error(`${name} ended with ${status ?? 'a signal'}`))
    })
  })
}

/** Passes bytes through, counting and hashing them. */
class DigestMeter extends Transform {
  readonly #hash = createHash('sha256')
  bytes = 0

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk)
    this.bytes += chunk.length
    done(null, chunk)
  }

  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`
  }
}
