/** A node's ImagePuller: every order leaves one record, whatever its outcome, and the same order never runs twice at once. */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { type PullRecord, type StepReport } from '@fairlead/contract/wire'
import { describeFault } from '../process/fault.ts'
import { interruption } from '../process/until-aborted.ts'
import type { AdmittedImage, CheckedImage, ImagePuller, OwnOrder, PulledImage, PullWatch } from '../image-puller.ts'
import { checkImage, pullImage } from '../pull.ts'
import { endAttempt } from '../record/end-attempt.ts'
import type { PullParts } from './pull-parts.ts'
import { PullAttempt } from '../record/pull-attempt.ts'
import { SharedWork } from './shared-work.ts'

type Work<Image> = (attempt: PullAttempt) => Promise<Image>

export function openImagePuller(parts: PullParts): ImagePuller {
  const pulls = new SharedWork<PulledImage, readonly StepReport[]>()
  const checks = new SharedWork<CheckedImage, readonly StepReport[]>()
  return {
    pull: (order, watch) =>
      pulls.join(orderKey(order), watch.signal, watch.onSteps, (signal, onSteps) =>
        onRecord(order, parts, { signal, onSteps }, pullImage),
      ),
    check: (order, watch) =>
      checks.join(orderKey(order), watch.signal, watch.onSteps, (signal, onSteps) =>
        onRecord(order, parts, { signal, onSteps }, checkImage),
      ),
  }
}

async function onRecord<Image extends AdmittedImage>(
  order: OwnOrder,
  parts: PullParts,
  watch: PullWatch,
  work: Work<Image>,
): Promise<Image & { record: PullRecord }> {
  const attempt = new PullAttempt(order, parts, watch)
  try {
    const image = await work(attempt)
    attempt.steps.done()
    return { ...image, record: await endAttempt(attempt, null) }
  } catch (error) {
    const failure = asProblem(error, watch.signal)
    attempt.steps.failed()
    // A failure to write the ledger is reported as the cause: the reason the pull failed matters more.
    await endAttempt(attempt, failure.code).catch((unwritten: unknown) => (failure.cause ??= unwritten))
    throw failure
  }
}

function asProblem(error: unknown, signal: AbortSignal): Problem {
  if (isProblem(error)) return error
  if (signal.aborted) return interruption(signal)
  // Its text is omitted, since it could quote anything. The stack shows the place.
  const fault = problem('INTERNAL')
  if (error instanceof Error) {
    const [place = 'at an unknown place'] = describeFault(error).frames
    fault.cause = new Error(`${error.name} ${place}`)
  }
  return fault
}

const orderKey = (order: OwnOrder): string =>
  JSON.stringify([order.purpose, order.image, order.digest, order.secret, order.clusterId, order.buildId])
