/** Real engines on a test machine, each used in its own way; what they say is what their users see. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  eventually,
  startContainerd,
  type CommandOptions,
  type ContainerdOptions,
  type EngineOptions,
  type Login,
  type Machine,
} from '@fairlead/testkit'
import type { DoorEngine } from '@fairlead/contract/wire'
import { CriClient } from '../engines/cri/cri-client.ts'
import { callGrpc } from '@fairlead/credential-path/grpc/grpc-call'
import { encodeMessage, messagesIn, textIn } from '@fairlead/credential-path/grpc/protobuf'

export interface Pulled {
  readonly ok: boolean
  /** What a user sees of it. */
  readonly text: string
}

export interface TestedEngine {
  readonly engine: DoorEngine
  readonly pull: (image: string) => Promise<Pulled>
  /** As a kubelet does it that was given a login; only for containerd. */
  readonly pullWith?: (image: string, login: Login) => Promise<Pulled>
  /** The digest by which it has an image; null if it does not have it. */
  readonly digestOf: (image: string) => Promise<string | null>
  readonly remove: (image: string) => Promise<void>
  /** What a container of an image prints; null: this one only pulls. */
  readonly run: ((image: string, ...command: string[]) => Promise<string>) | null
  readonly restart: () => Promise<void>
}

const patience = (): AbortSignal => AbortSignal.timeout(60_000)

export async function dockerOn(machine: Machine, options: EngineOptions = {}): Promise<TestedEngine> {
  const engine = await machine.startEngine(options)
  const docker = (...args: string[]) => machine.exec('docker', args)
  return {
    engine: 'docker',
    async pull(image) {
      const { status, stderr } = await docker('pull', '--quiet', image)
      return { ok: status === 0, text: stderr.trim() }
    },
    async digestOf(image) {
      const { status, stdout } = await docker('image', 'inspect', '--format', '{{index .RepoDigests 0}}', image)
      return status === 0 ? digestIn(stdout) : null
    },
    remove: async (image) => void (await docker('image', 'rm', '--force', image)),
    run: async (image, ...command) => (await machine.mustExec('docker', ['run', '--rm', image, ...command])).trim(),
    restart: engine.restart,
  }
}

/** Through CRI, as a kubelet does it. */
export async function containerdOn(machine: Machine, options: ContainerdOptions): Promise<TestedEngine> {
  const containerd = await startContainerd(machine, options)
  const socketPath = join(rootOf(machine), containerd.socket)
  const cri = new CriClient(socketPath)
  const call = (method: string, image: string, login?: Login) => {
    const auth = login && encodeMessage({ 1: login.username, 2: login.password })
    const message = encodeMessage({ 1: encodeMessage({ 1: image }), ...(auth && { 2: auth }) })
    return callGrpc({ socketPath, method: `/runtime.v1.ImageService/${method}`, message }, patience())
  }
  return {
    engine: 'containerd',
    async pull(image) {
      const refused = await cri.pull(image, patience())
      return { ok: refused === null, text: refused ?? '' }
    },
    async pullWith(image, login) {
      const answer = await call('PullImage', image, login)
      return 'refusal' in answer ? { ok: false, text: answer.refusal.message } : { ok: true, text: '' }
    },
    async digestOf(image) {
      const answer = await call('ImageStatus', image)
      const [found] = 'message' in answer ? messagesIn(answer.message, 1) : []
      return found === undefined ? null : digestIn(textIn(found, 3) ?? '')
    },
    remove: async (image) => void (await call('RemoveImage', image)),
    run: null,
    async restart() {
      await containerd.restart()
      const answers = () => cri.registryConfigPath(patience()).catch(() => undefined)
      await eventually(answers, { what: 'containerd answers a kubelet' })
    },
  }
}

/** Podman, buildah and skopeo on one machine: they share a library, and the first two a store. */
export async function podmanOn(machine: Machine, options: CommandOptions = {}): Promise<TestedEngine> {
  return commandEngine(machine, options, {
    pull: (image) => ['podman', 'pull', '--quiet', image],
    inspect: (image) => ['podman', 'image', 'inspect', '--format', '{{.Digest}}', image],
    remove: (image) => ['podman', 'image', 'rm', '--force', image],
  })
}

export async function buildahOn(machine: Machine, options: CommandOptions = {}): Promise<TestedEngine> {
  return commandEngine(machine, options, {
    pull: (image) => ['buildah', 'pull', '--quiet', '--policy', 'always', image],
    inspect: (image) => ['buildah', 'inspect', '--type', 'image', '--format', '{{.FromImageDigest}}', image],
    remove: (image) => ['buildah', 'rmi', '--force', image],
  })
}

/** It keeps no images: what it has pulled is a folder. */
export async function skopeoOn(machine: Machine, options: CommandOptions = {}): Promise<TestedEngine> {
  const folder = (image: string): string => `/run/pulled/${createHash('sha256').update(image).digest('hex')}`
  await machine.mustExec('mkdir', ['-p', '/run/pulled'])
  return commandEngine(machine, options, {
    pull: (image) => ['skopeo', 'copy', '--quiet', '--preserve-digests', `docker://${image}`, `dir:${folder(image)}`],
    inspect: (image) => ['skopeo', 'inspect', '--format', '{{.Digest}}', `dir:${folder(image)}`],
    remove: (image) => ['rm', '-rf', folder(image)],
  })
}

type Command = (image: string) => [program: string, ...args: string[]]

async function commandEngine(
  machine: Machine,
  options: CommandOptions,
  commands: Record<'pull' | 'inspect' | 'remove', Command>,
): Promise<TestedEngine> {
  // In the machine's own folder, without layers on layers: the rest of it is on overlayfs.
  const storage = `[storage]\ndriver = "vfs"\nrunroot = "/run/containers"\ngraphroot = "${machine.dir}/images"\n`
  await writeFile(`${rootOf(machine)}/etc/containers/storage.conf`, storage)
  const call = (command: Command, image: string) => {
    const [program, ...args] = command(image)
    return machine.exec(program, args, options)
  }
  return {
    engine: 'podman',
    async pull(image) {
      const { status, stderr } = await call(commands.pull, image)
      return { ok: status === 0, text: stderr.trim() }
    },
    async digestOf(image) {
      const { status, stdout } = await call(commands.inspect, image)
      return status === 0 ? digestIn(stdout) : null
    },
    remove: async (image) => void (await call(commands.remove, image)),
    run: null,
    restart: () => Promise.resolve(),
  }
}

const digestIn = (text: string): string | null => /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? null

/** The machine's files, as seen from this host. */
export const rootOf = ({ holderPid }: Machine): string => `/proc/${holderPid}/root`
