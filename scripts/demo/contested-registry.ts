/**
 * The private registry, and the villain who can take over its address: through DNS, a proxy, an expired domain. Both answer at
 * the same host and port with a trusted certificate, so that only the registry's answers differ.
 */
import {
  startHostileRegistry,
  startRecorder,
  startRegistry,
  type Recorder,
  type Registry,
  type RegistryOptions,
  type TestCa,
} from '@fairlead/testkit'
import { names } from './settings.ts'

export interface ContestedRegistryOptions {
  address: string
  tls: TestCa
  users: Record<string, string>
}

export class ContestedRegistry implements AsyncDisposable {
  /** Where the villain wants logins to be sent. */
  readonly villain: Recorder
  #registry: Registry
  #impostor: Recorder | undefined
  readonly #options: RegistryOptions

  static async start({ address, tls, users }: ContestedRegistryOptions): Promise<ContestedRegistry> {
    const options: RegistryOptions = { host: address, name: names.registry, tls, auth: { kind: 'htpasswd', users } }
    const registry = await startRegistry(options)
    const villain = await startRecorder({ host: address, name: names.villain, tls })
    return new ContestedRegistry(registry, villain, { ...options, port: registry.port, dir: registry.dir })
  }

  private constructor(registry: Registry, villain: Recorder, options: RegistryOptions) {
    this.#registry = registry
    this.villain = villain
    this.#options = options
  }

  /** `host:port`, as in an image's name. */
  get host(): string {
    return this.#registry.host
  }

  get port(): number {
    return this.#registry.port
  }

  get logFile(): string {
    return this.#registry.logFile
  }

  /** The requests that reached the address while the villain had it. */
  get impostor(): Recorder | undefined {
    return this.#impostor
  }

  get realm(): string {
    return `${this.villain.origin}/token`
  }

  async takeOver(): Promise<void> {
    await this.#registry.stop()
    const { host, port, name, tls } = this.#options
    this.villain.clear()
    this.#impostor = await startHostileRegistry({ host, port, name, tls, realm: this.realm })
  }

  async giveBack(): Promise<void> {
    await this.#impostor?.stop()
    this.#registry = await startRegistry(this.#options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#impostor?.stop()
    await this.villain.stop()
    await this.#registry.stop()
  }
}
