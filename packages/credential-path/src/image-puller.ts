/** The credential path as the rest of the agent sees it: pull an image, or only check that it could be pulled. */
import type { BuildId, ClusterId } from '@fairlead/contract/names'
import type { CheckAdvice, PullRecord, StepReport } from '@fairlead/contract/wire'

export interface PullOrder {
  readonly purpose: 'cluster' | 'check' | 'once'
  /** As the user named it. */
  readonly image: string
  /** What to pull whatever the tag points to; null: resolve the tag. */
  readonly digest: string | null
  /** A secret reference as the user named it; null: anonymous. */
  readonly secret: string | null
  readonly clusterId: ClusterId | null
  readonly buildId: BuildId | null
  /** By the monotonic clock, when the node was told of it; absent where that makes no difference: a secret that was refused before is then read anew. */
  readonly askedAt?: number
}

export interface PullWatch {
  readonly signal: AbortSignal
  /** Called with all steps so far whenever one changes, at most ten times a second. */
  readonly onSteps: (steps: readonly StepReport[]) => void
}

/** What the registry says of the image. */
export interface AdmittedImage {
  readonly digest: string
  readonly platform: string
  readonly sizeBytes: number
}

export interface LoadedImage extends AdmittedImage {
  /** What to start the container from. */
  readonly imageId: string
}

/** What a check finds out; it brings no image. */
export interface AdvisedImage extends AdmittedImage {
  readonly advice: readonly CheckAdvice[]
}

export interface CheckedImage extends AdvisedImage {
  readonly record: PullRecord
}

export interface PulledImage extends LoadedImage {
  readonly record: PullRecord
}

/** Both throw a Problem and nothing else, after the record of the pull is in the ledger. */
export interface ImagePuller {
  pull(order: PullOrder, watch: PullWatch): Promise<PulledImage>
  check(order: PullOrder, watch: PullWatch): Promise<CheckedImage>
}
