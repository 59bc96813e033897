/** The Engine over Docker's HTTP API. Docker gets names, digests and settings, but never a credential. */
import { isProblem, problem } from '@fairlead/contract/problems'
import { imageFolder, transferImage, type ContainerdStore, type Transfer } from './containerd-store.ts'
import { containerRequest } from './container-request.ts'
import * as answers from './docker-answers.ts'
import { DockerSocket, type EngineCall } from './docker-socket.ts'
import { bothOf, findEngineProcesses, type EngineProcesses } from './engine-processes.ts'
import type {
  Container,
  ContainerSpec,
  Engine,
  EngineCgroups,
  EngineNetwork,
  EngineVersion,
  ExecResult,
  LocalImage,
} from './engine.ts'
import { readFramedOutput } from './framed-output.ts'
import { pullProblem } from './problems.ts'
import { firstPullError, PullStreamError } from './pull-stream.ts'
import { tarOf, type ContainerFile } from './tar-file.ts'

const maxLogBytes = 1024 * 1024
/** The version of the API in which `/info` names containerd. */
const namesContainerd = '1.46'
/** To a question that can be done without. */
const answerWithinMs = 5000

export interface DockerOptions {
  /** Such as `/var/run/docker.sock`. */
  readonly socketPath: string
  /** Where this process finds the socket of containerd that the engine names; at the same path when absent. */
  readonly containerdSocket?: (path: string) => string
}

export class DockerEngine implements Engine, AsyncDisposable {
  readonly #socket: DockerSocket
  readonly #socketPath: string
  readonly #containerdSocket: (path: string) => string
  #platform: Pick<EngineVersion, 'os' | 'arch'> | null = null

  constructor({ socketPath, containerdSocket = (path) => path }: DockerOptions) {
    this.#socketPath = socketPath
    this.#containerdSocket = containerdSocket
    this.#socket = new DockerSocket(socketPath)
  }

  async version(signal: AbortSignal): Promise<EngineVersion> {
    const { Version, ApiVersion, Os, Arch } = await this.#socket.versions(signal)
    this.#platform = { os: Os, arch: Arch }
    return { version: Version, apiVersion: ApiVersion, os: Os, arch: Arch }
  }

  async dataRoot(signal: AbortSignal): Promise<string | null> {
    const info = await this.#info(signal)
    const store = this.#storeIn(info)
    return (store === null ? null : await imageFolder(store, signal)) ?? answers.dataRoot(info)
  }

  async cgroups(signal: AbortSignal): Promise<EngineCgroups | null> {
    return answers.cgroups(await this.#info(signal))
  }

  network(name: string, signal: AbortSignal): Promise<EngineNetwork | null> {
    return this.#find(`/networks/${encodeURIComponent(name)}`, answers.network, signal)
  }

  /** With containerd, if Docker’s images can be pulled by it. */
  async processes(): Promise<EngineProcesses> {
    const own = findEngineProcesses(this.#socketPath)
    const puller = await this.#containerd(AbortSignal.timeout(answerWithinMs), own).catch(() => null)
    return puller?.processes ?? own
  }

  async pull(reference: string, signal: AbortSignal): Promise<void> {
    const transfer = await this.#transfer(reference, signal)
    if (transfer.outcome === 'done') return
    const failure = transfer.outcome === 'refused' ? { ...transfer, status: 500 } : await this.#pull(reference, signal)
    if (failure === null) return
    const { os = 'linux', arch = 'unknown' } = this.#platform ?? {}
    const [name = ''] = reference.split('@')
    throw pullProblem({
      ...failure,
      platform: `${os}/${arch}`,
      registry: name.slice(0, name.indexOf('/')),
      repository: name.slice(name.indexOf('/') + 1),
    })
  }

  async #transfer(reference: string, signal: AbortSignal): Promise<Transfer> {
    const containerd = await this.#containerd(signal)
    if (containerd === null) return { outcome: 'unable' }
    const { os, arch } = this.#platform ?? (await this.version(signal))
    return await transferImage(containerd.store, { reference, os, arch }, signal)
  }

  /** Where Docker keeps its images, and who may then fetch them for it. Null: Docker itself keeps them, or it cannot be told who containerd is. */
  async #containerd(
    signal: AbortSignal,
    own?: Promise<EngineProcesses>,
  ): Promise<{ store: ContainerdStore; processes: EngineProcesses } | null> {
    if (!(await this.#socket.has(namesContainerd, signal))) return null
    const info = await this.#info(signal).catch((error: unknown) => {
      if (isProblem(error, 'ENGINE_FAILED')) return undefined
      throw error
    })
    const store = this.#storeIn(info)
    if (store === null) return null
    const [docker, containerd] = await Promise.all([
      own ?? findEngineProcesses(this.#socketPath),
      findEngineProcesses(store.socketPath),
    ])
    const processes = bothOf(docker, containerd)
    return processes === null ? null : { store, processes }
  }

  #storeIn(info: unknown): ContainerdStore | null {
    const store = answers.containerdStore(info)
    return store === null ? null : { ...store, socketPath: this.#containerdSocket(store.socketPath) }
  }

  /** By Docker itself. Null: it has the image. */
  async #pull(reference: string, signal: AbortSignal): Promise<{ message: string; status: number } | null> {
    const [name = '', digest = ''] = reference.split('@')
    // Docker sends nothing until it has the manifest, and the gateway may be waiting for a slow registry.
    const answer = await this.#socket.open(
      {
        method: 'POST',
        path: '/images/create',
        query: { fromImage: name, tag: digest },
        fine: 'all',
        answerWithinMs: 300_000,
      },
      signal,
    )
    const failed = answer.statusCode >= 400
    const message = failed ? await this.#socket.refusal(answer) : await this.#pullError(answer.body, signal)
    return message === null ? null : { message, status: failed ? answer.statusCode : 500 }
  }

  image(idOrName: string, signal: AbortSignal): Promise<LocalImage | null> {
    return this.#find(`/images/${encodeURIComponent(idOrName)}/json`, answers.localImage, signal)
  }

  async tag(idOrName: string, repository: string, tag: string, signal: AbortSignal): Promise<void> {
    const path = `/images/${encodeURIComponent(idOrName)}/tag`
    await this.#done({ method: 'POST', path, query: { repo: repository, tag } }, signal)
  }

  async tags(repository: string, signal: AbortSignal): Promise<readonly string[]> {
    const query = { filters: JSON.stringify({ reference: [repository] }) }
    const { body } = await this.#socket.json({ method: 'GET', path: '/images/json', query }, signal)
    return answers.tagsIn(repository, body)
  }

  async untag(name: string, signal: AbortSignal): Promise<void> {
    // 404: the name is already gone.
    const path = `/images/${encodeURIComponent(name)}`
    await this.#done({ method: 'DELETE', path, query: { noprune: 'true' }, fine: [404] }, signal)
  }

  async createContainer(spec: ContainerSpec, signal: AbortSignal): Promise<string> {
    const query = { name: spec.name }
    const call = { method: 'POST', path: '/containers/create', query, body: containerRequest(spec) } as const
    const { body } = await this.#socket.json(call, signal)
    return answers.id(body)
  }

  async putFile(id: string, file: ContainerFile, signal: AbortSignal): Promise<void> {
    const path = `/containers/${encodeURIComponent(id)}/archive`
    await this.#done({ method: 'PUT', path, query: { path: '/' }, tar: tarOf(file) }, signal)
  }

  async startContainer(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#done({ method: 'POST', path: `/containers/${encodeURIComponent(id)}/start` }, signal)
    } catch (error) {
      if (!isProblem(error, 'ENGINE_FAILED')) throw error
      throw problem('CONTAINER_START_FAILED', error.facts)
    }
  }

  async stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void> {
    const path = `/containers/${encodeURIComponent(id)}/stop`
    const answerWithinMs = (graceSeconds + 60) * 1000
    await this.#done({ method: 'POST', path, query: { t: String(graceSeconds) }, fine: [404], answerWithinMs }, signal)
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<void> {
    // 404: gone; 409: an earlier call is removing it.
    const path = `/containers/${encodeURIComponent(id)}`
    await this.#done({ method: 'DELETE', path, query: { force: 'true', v: 'true' }, fine: [404, 409] }, signal)
  }

  async containers(label: string, signal: AbortSignal): Promise<readonly Container[]> {
    const query = { all: 'true', filters: JSON.stringify({ label: [label] }) }
    const { body } = await this.#socket.json({ method: 'GET', path: '/containers/json', query }, signal)
    const listed = answers.ids(body)
    const found = await Promise.all(
      listed.map((id) => this.#find(`/containers/${encodeURIComponent(id)}/json`, answers.container, signal)),
    )
    // Some may have been removed after they were listed.
    return found.filter((container) => container !== null)
  }

  async exec(id: string, command: readonly string[], signal: AbortSignal): Promise<ExecResult> {
    const body = { Cmd: [...command], AttachStdout: true, AttachStderr: true, Tty: false }
    const path = `/containers/${encodeURIComponent(id)}/exec`
    const execId = answers.id((await this.#socket.json({ method: 'POST', path, body }, signal)).body)
    const start = {
      method: 'POST',
      path: `/exec/${encodeURIComponent(execId)}/start`,
      body: { Detach: false, Tty: false },
    } as const
    const { stdout, stderr } = await this.#framed(start, undefined, signal)
    const ended = await this.#socket.json({ method: 'GET', path: `/exec/${encodeURIComponent(execId)}/json` }, signal)
    return { exitStatus: answers.execStatus(ended.body), stdout, stderr }
  }

  async logs(id: string, lines: number, signal: AbortSignal): Promise<string> {
    const query = { stdout: 'true', stderr: 'true', tail: String(lines) }
    const call = { method: 'GET', path: `/containers/${encodeURIComponent(id)}/logs`, query } as const
    return (await this.#framed(call, maxLogBytes, signal)).both
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]()
  }

  async #info(signal: AbortSignal): Promise<unknown> {
    return (await this.#socket.json({ method: 'GET', path: '/info' }, signal)).body
  }

  /** Null if there is none. */
  async #find<Found>(path: string, read: (body: unknown) => Found, signal: AbortSignal): Promise<Found | null> {
    const { status, body } = await this.#socket.json({ method: 'GET', path, fine: [404] }, signal)
    return status === 404 ? null : read(body)
  }

  async #pullError(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string | null> {
    try {
      return await firstPullError(body)
    } catch (error) {
      if (error instanceof PullStreamError) return error.message
      throw this.#socket.connectionProblem(error, signal)
    }
  }

  async #framed(call: EngineCall, limit: number | undefined, signal: AbortSignal) {
    const answer = await this.#socket.open(call, signal)
    try {
      return await readFramedOutput(answer.body, limit)
    } catch (error) {
      throw this.#socket.connectionProblem(error, signal)
    }
  }

  async #done(call: EngineCall, signal: AbortSignal): Promise<void> {
    const answer = await this.#socket.open(call, signal)
    await answer.body.dump()
  }
}
