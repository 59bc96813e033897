/** The few calls to CRI, the interface of a kubelet's container runtime, that find a containerd or CRI-O and let it pull. */
import { problem } from '@fairlead/contract/problems'
import { z } from 'zod'
import { exportedIn, pluginsMethod, pluginsRequest } from '@fairlead/credential-path/grpc/containerd-plugins'
import { callGrpc, GrpcError, type GrpcAnswer } from '@fairlead/credential-path/grpc/grpc-call'
import { encodeMessage, mapIn, textIn } from '@fairlead/credential-path/grpc/protobuf'
import { parseJson } from '@fairlead/credential-path/process/parse-json'

export interface CriVersion {
  /** `containerd` or `cri-o`. */
  readonly name: string
  readonly version: string
}

// Containerd 1.x reports its whole configuration; what 2.x and CRI-O report has no registries.
const ReportedConfig = z.object({ registry: z.object({ configPath: z.string() }) })

export class CriClient {
  readonly #socketPath: string

  constructor(socketPath: string) {
    this.#socketPath = socketPath
  }

  /** Null if the service has no CRI, as Docker's containerd has none. */
  async version(signal: AbortSignal): Promise<CriVersion | null> {
    const answer = await this.#call('/runtime.v1.RuntimeService/Version', encodeMessage({}), signal)
    if (!('message' in answer)) return null
    return { name: textIn(answer.message, 2) ?? '', version: (textIn(answer.message, 3) ?? '').replace(/^v/, '') }
  }

  /** The `config_path` that containerd uses for its registries; empty: it uses none; null: it does not say, as from 2.0 to 2.3. */
  async registryConfigPath(signal: AbortSignal): Promise<string | null> {
    const status = await this.#call('/runtime.v1.RuntimeService/Status', encodeMessage({ 1: true }), signal)
    const reported = 'message' in status ? configPathReported(mapIn(status.message, 2).get('config') ?? '') : null
    if (reported !== null) return reported
    const plugins = await this.#call(pluginsMethod, pluginsRequest('io.containerd.cri.v1', 'images'), signal)
    return 'message' in plugins ? exportedIn(plugins.message, 'RegistryConfigPath') : null
  }

  /** Pulls, and returns the runtime's words if it could not; null if it could. */
  async pull(image: string, signal: AbortSignal): Promise<string | null> {
    const message = encodeMessage({ 1: encodeMessage({ 1: image }) })
    const answer = await this.#call('/runtime.v1.ImageService/PullImage', message, signal)
    return 'refusal' in answer ? answer.refusal.message : null
  }

  async #call(method: string, message: Uint8Array, signal: AbortSignal): Promise<GrpcAnswer> {
    const answer = await callGrpc({ socketPath: this.#socketPath, method, message }, signal).catch((error: unknown) => {
      if (!(error instanceof GrpcError)) throw error
      throw problem('DOOR_ENGINE_SILENT', { path: this.#socketPath, reason: error.message })
    })
    // For a moment after its start, containerd refuses everything.
    if ('refusal' in answer && answer.refusal.message.includes('not initialized yet')) {
      throw problem('DOOR_ENGINE_SILENT', { path: this.#socketPath, reason: 'it is still starting' })
    }
    return answer
  }
}

/** From the JSON that CRI's Status has under `config`. */
export function configPathReported(json: string): string | null {
  return ReportedConfig.safeParse(parseJson(json)).data?.registry.configPath ?? null
}
