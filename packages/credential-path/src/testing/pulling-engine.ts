/** An in-memory engine for tests that pulls as Docker does: over HTTP, each layer once whatever its name, and only images it does not have. */
import { createHash } from 'node:crypto'
import { problem } from '@fairlead/contract/problems'
import { request } from 'undici'
import { interruption } from '../process/until-aborted.ts'
import type { EngineProcesses } from '../engine/engine-processes.ts'
import type { Container, Engine, EngineVersion, ExecResult, LocalImage } from '../engine/engine.ts'
import { pullProblem } from '../engine/problems.ts'

interface Config {
  readonly os: string
  readonly architecture: string
  readonly rootfs: { readonly diff_ids: readonly string[] }
}

interface Manifest {
  readonly config: { readonly digest: string }
  readonly layers: readonly { readonly digest: string }[]
}

export class PullingEngine implements Engine {
  /** Image ids, by their names. */
  readonly names = new Map<string, string>()
  readonly images = new Map<string, LocalImage>()
  /** Its unpacked layers, by digest; a layer in here is never requested. */
  readonly layers = new Set<string>()
  /** Every request it made. */
  readonly requests: string[] = []
  isReachable = true
  /** An engine in another network finds nothing on its own loopback. */
  seesLoopback = true
  arch = 'amd64'
  /** It is part of this process. */
  pids: readonly number[] = [process.pid]

  async version(): Promise<EngineVersion> {
    this.#reach()
    return { version: '20.10.24', apiVersion: '1.41', os: 'linux', arch: this.arch }
  }

  async dataRoot(): Promise<string | null> {
    return null
  }

  async cgroups() {
    return { driver: 'cgroupfs', version: 2 } as const
  }

  async network() {
    return { driver: 'host', bridge: null }
  }

  async processes(): Promise<EngineProcesses> {
    return { uid: process.getuid?.() ?? null, pids: this.pids }
  }

  async pull(reference: string, signal: AbortSignal): Promise<void> {
    this.#reach()
    if (signal.aborted) throw interruption(signal)
    const [name = '', digest = ''] = reference.split('@')
    const [host = '', path = ''] = name.split('/')
    const get = (kind: string, wanted: string) => this.#get(`http://${host}/v2/${path}/${kind}/${wanted}`, signal)
    if (!this.seesLoopback)
      throw this.#refused(`Get "http://${host}/v2/": dial tcp ${host}: connect: connection refused`)
    const manifest = JSON.parse(String(await get('manifests', digest))) as Manifest
    const id = manifest.config.digest
    if (!this.images.has(id)) {
      const config = JSON.parse(String(await get('blobs', id))) as Config
      const missing = manifest.layers.filter((layer) => !this.layers.has(layer.digest))
      await Promise.all(missing.map((layer) => get('blobs', layer.digest)))
      for (const layer of missing) this.layers.add(layer.digest)
      this.images.set(id, {
        id,
        os: config.os,
        arch: config.architecture,
        variant: null,
        diffIds: config.rootfs.diff_ids,
      })
    }
    this.names.set(reference, id)
  }

  async image(idOrName: string): Promise<LocalImage | null> {
    this.#reach()
    return this.images.get(this.names.get(idOrName) ?? idOrName) ?? null
  }

  async tag(idOrName: string, repository: string, tag: string): Promise<void> {
    const image = await this.image(idOrName)
    if (image === null) throw problem('ENGINE_FAILED', { http_status: 404 })
    this.names.set(`${repository}:${tag}`, image.id)
  }

  async tags(repository: string): Promise<readonly string[]> {
    this.#reach()
    const names = [...this.names.keys()].filter((name) => name.startsWith(`${repository}:`))
    return names.map((name) => name.slice(repository.length + 1))
  }

  async untag(name: string): Promise<void> {
    const id = this.names.get(name)
    this.names.delete(name)
    if (id !== undefined && ![...this.names.values()].includes(id)) this.images.delete(id)
  }

  createContainer(): Promise<string> {
    return this.#noContainers()
  }

  putFile(): Promise<void> {
    return this.#noContainers()
  }

  startContainer(): Promise<void> {
    return this.#noContainers()
  }

  stopContainer(): Promise<void> {
    return this.#noContainers()
  }

  removeContainer(): Promise<void> {
    return this.#noContainers()
  }

  async containers(): Promise<readonly Container[]> {
    this.#reach()
    return []
  }

  exec(): Promise<ExecResult> {
    return this.#noContainers()
  }

  logs(): Promise<string> {
    return this.#noContainers()
  }

  async #get(url: string, signal: AbortSignal): Promise<Buffer> {
    this.requests.push(new URL(url).pathname)
    const { statusCode, body } = await request(url, { signal })
    const bytes = Buffer.from(await body.arrayBuffer())
    if (statusCode !== 200) throw this.#refused('unknown blob')
    const digest = url.slice(url.lastIndexOf('/') + 1)
    if (`sha256:${createHash('sha256').update(bytes).digest('hex')}` === digest) return bytes
    throw this.#refused(`filesystem layer verification failed for digest ${digest}`)
  }

  #refused(message: string): Error {
    return pullProblem({
      message,
      status: 500,
      platform: `linux/${this.arch}`,
      registry: 'gateway',
      repository: 'pull',
    })
  }

  #reach(): void {
    if (!this.isReachable) throw problem('ENGINE_UNREACHABLE')
  }

  #noContainers(): Promise<never> {
    return Promise.reject(problem('ENGINE_FAILED', { http_status: 501 }))
  }
}
