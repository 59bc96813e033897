/** S11: starts an image that this node proved within a day when its registry cannot be asked; the record says so. */
import { mayStartOffline } from '../record/decision.ts'
import type { LoadedImage } from '../image-puller.ts'
import { repositoryOf } from '../registry/image/pull-ticket.ts'
import type { EnginePull } from './load-into-engine.ts'

/** Null if that is not allowed, or if the engine no longer holds that exact image. It never looks for another image. */
export async function startOffline(
  error: unknown,
  { image, login, engine, attempt }: EnginePull,
): Promise<LoadedImage | null> {
  const { signal } = attempt
  const { ledger, policy } = attempt.parts
  const digest = attempt.order.digest ?? image.digest
  if (digest === null) return null
  const proof = ledger.proofOf(repositoryOf(image), digest)
  const question = { error, proof, policy: policy.offline_start, secret: login.secret, secretVersion: login.version }
  if (!mayStartOffline({ ...question, now: Date.now() }) || proof === null) return null
  const there = await engine.image(proof.imageId, signal)
  if (there === null) return null
  attempt.decision = 'offline_proved'
  attempt.digest = digest
  attempt.totalBytes = proof.sizeBytes
  attempt.steps.failed()
  attempt.steps.skip('pull')
  return { digest, platform: proof.platform, sizeBytes: proof.sizeBytes, imageId: there.id }
}
