/** The credential path as the rest of the agent sees it: pull an image, or only check that a pull would work. */
import type { BuildId, ClusterId } from '@fairlead/contract/names'
import type { CheckAdvice, DoorEngine, PullPurpose, PullRecord, StepReport } from '@fairlead/contract/wire'

interface ImageOrder {
  /** As the user named it. */
  readonly image: string
  /** What to pull regardless of the tag; null: resolve the tag. */
  readonly digest: string | null
  /** A secret reference as the user named it; null: anonymous. */
  readonly secret: string | null
  readonly clusterId: ClusterId | null
  readonly buildId: BuildId | null
  /** On the monotonic clock, when the node received the order; absent if it makes no difference: a secret refused before then is read again. */
  readonly askedAt?: number
}

/** The image of a build, which an idle node brings before a cluster needs it. */
export interface PrefetchOrder extends ImageOrder {
  readonly purpose: 'prefetch'
  readonly clusterId: null
  readonly buildId: BuildId
}

/** What Fairlead itself pulls or checks. */
export type OwnOrder = PrefetchOrder | (ImageOrder & { readonly purpose: Exclude<PullPurpose, 'door' | 'prefetch'> })

/** What an engine of this machine pulls through its door; neither a cluster nor a build is behind it. */
export interface DoorOrder extends ImageOrder {
  readonly purpose: 'door'
  readonly engine: DoorEngine
  readonly clusterId: null
  readonly buildId: null
}

export type PullOrder = OwnOrder | DoorOrder

export interface PullWatch {
  readonly signal: AbortSignal
  /** Called with all steps so far whenever one changes, at most ten times a second. */
  readonly onSteps: (steps: readonly StepReport[]) => void
}

/** What the registry reports about the image. */
export interface AdmittedImage {
  readonly digest: string
  readonly platform: string
  readonly sizeBytes: number
}

export interface LoadedImage extends AdmittedImage {
  /** The image to start the container from. */
  readonly imageId: string
}

/** The result of a check, which pulls no image. */
export interface AdvisedImage extends AdmittedImage {
  readonly advice: readonly CheckAdvice[]
}

export interface CheckedImage extends AdvisedImage {
  readonly record: PullRecord
}

export interface PulledImage extends LoadedImage {
  readonly record: PullRecord
}

/** Both throw only Problems, after the pull's record is in the ledger. */
export interface ImagePuller {
  pull(order: OwnOrder, watch: PullWatch): Promise<PulledImage>
  check(order: OwnOrder, watch: PullWatch): Promise<CheckedImage>
}
