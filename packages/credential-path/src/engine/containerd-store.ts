/**
 * The containerd in which Docker keeps its images. Its transfer service pulls as Docker would, and unpacks several layers at a time where its
 * owner lets it; Docker has the image at once (ADR 75).
 */
import { exportedIn, pluginsMethod, pluginsRequest } from '../grpc/containerd-plugins.ts'
import { callGrpc, GrpcError } from '../grpc/grpc-call.ts'
import { encodeMessage, ProtobufError } from '../grpc/protobuf.ts'

export interface ContainerdStore {
  readonly socketPath: string
  /** Docker's: `moby`. */
  readonly namespace: string
  /** Such as `overlayfs`. */
  readonly snapshotter: string
}

export interface TransferredImage {
  /** `HOST:PORT/PATH@sha256:…` on loopback: what is pulled, and its name afterwards. */
  readonly reference: string
  readonly os: string
  readonly arch: string
}

export type Transfer =
  | { readonly outcome: 'done' }
  /** containerd's words for what is wrong. */
  | { readonly outcome: 'refused'; readonly message: string }
  /** It cannot be reached, has no such service, none that unpacks for this store, or none that speaks plain HTTP: Docker has to pull. */
  | { readonly outcome: 'unable' }

const transferMethod = '/containerd.services.transfer.v1.Transfer/Transfer'

/** Of gRPC: the service does not exist; no unpacking is configured for the snapshotter. */
const unableStatuses: ReadonlySet<number> = new Set([3, 12])
/** In Go's words: containerd 1.7 cannot be told the scheme, asks the gateway over TLS, and has fetched nothing yet. */
const asksOverTls = /server gave HTTP response to HTTPS client/

/** What containerd is asked; the numbers are those of its API (`services/transfer/v1`, `types/transfer`, `types/platform`). */
export function transferRequest(
  { snapshotter }: ContainerdStore,
  { reference, os, arch }: TransferredImage,
): Uint8Array {
  const platform = encodeMessage({ 1: os, 2: arch })
  const resolver = encodeMessage({ 4: 'http' })
  const source = encodeMessage({ 1: reference, 2: resolver })
  const unpack = encodeMessage({ 1: platform, 2: snapshotter })
  const destination = encodeMessage({ 1: reference, 3: platform, 10: unpack })
  return encodeMessage({
    1: encodeMessage({ 1: 'containerd.types.transfer.OCIRegistry', 2: source }),
    2: encodeMessage({ 1: 'containerd.types.transfer.ImageStore', 2: destination }),
  })
}

/** Throws only what the signal says, or INTERRUPTED. */
export async function transferImage(
  store: ContainerdStore,
  image: TransferredImage,
  signal: AbortSignal,
): Promise<Transfer> {
  const message = transferRequest(store, image)
  const headers = { 'containerd-namespace': store.namespace }
  try {
    const answer = await callGrpc({ socketPath: store.socketPath, method: transferMethod, message, headers }, signal)
    if ('message' in answer) return { outcome: 'done' }
    const { refusal } = answer
    const isUnable = unableStatuses.has(refusal.status) || asksOverTls.test(refusal.message)
    return isUnable ? { outcome: 'unable' } : { outcome: 'refused', message: refusal.message }
  } catch (error) {
    if (error instanceof GrpcError) return { outcome: 'unable' }
    throw error
  }
}

/** The folder of what it unpacks, on containerd's machine; null: it does not say. Throws only what the signal says, or INTERRUPTED. */
export async function imageFolder(
  { socketPath, snapshotter }: ContainerdStore,
  signal: AbortSignal,
): Promise<string | null> {
  const message = pluginsRequest('io.containerd.snapshotter.v1', snapshotter)
  try {
    const answer = await callGrpc({ socketPath, method: pluginsMethod, message }, signal)
    return 'message' in answer ? exportedIn(answer.message, 'root') : null
  } catch (error) {
    if (error instanceof GrpcError || error instanceof ProtobufError) return null
    throw error
  }
}
