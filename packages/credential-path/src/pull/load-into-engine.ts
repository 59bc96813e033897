/** The step `pull`: lets the engine pull an admitted image through the gateway, verifies its layers (S16), and gives it a name. */
import type { ImageReference } from '@fairlead/contract/names'
import { isProblem, Problem, problem, type ProblemCode } from '@fairlead/contract/problems'
import type { Engine, LocalImage } from '../engine/engine.ts'
import { Gateway } from '../gateway/gateway.ts'
import { type BlobWatch } from '../layers/resumed-span.ts'
import { corrupt, imageManifest, type PullTicket } from '../registry/image/pull-ticket.ts'
import { formatPlatform, type NodePlatform } from '../registry/image/platform.ts'
import { assertUnpackable } from './assert-unpackable.ts'
import { judgeRoom, reserveAhead } from './disk-room.ts'
import { watchDisk } from './disk-watch.ts'
import { isEngineBack, isEngineLost } from './engine-back.ts'
import type { LayerPair } from '../record/ledger-entry.ts'
import { nameOfOrder } from './local-name.ts'
import { freeBytes } from '../process/free-bytes.ts'
import type { PullParts } from './pull-parts.ts'
import type { PullAttempt } from '../record/pull-attempt.ts'
import type { SecretLogin } from './read-login.ts'
import { layerPairs, verifyLayers } from '../layers/verify-layers.ts'

const progressEveryMs = 100
/** Dropping a name is attempted even after an aborted pull, but not for long. */
const dropWithinMs = 10_000
/** An engine that takes longer is not being restarted; one that restarts more often has a fault. */
const engineBackWithinMs = 60_000
const mostRestarts = 2

/** An image for an engine, with the login that its order names. */
export interface EnginePull {
  readonly attempt: PullAttempt
  readonly image: ImageReference
  readonly login: SecretLogin
  readonly engine: Engine
  /** Of the engine. */
  readonly platform: NodePlatform
}

/** The registry has granted it. */
export interface AdmittedPull extends EnginePull {
  readonly ticket: PullTicket
}

/** One pull by the engine. It may outlive the attempt that began it, if another waits for the same image. */
interface Load extends AdmittedPull {
  readonly signal: AbortSignal
  readonly tell: (bytes: number) => void
}

/** The image that this node has proved, if the engine still holds it: it is not pulled again. */
export async function imageOnNode({ ticket, engine, attempt }: AdmittedPull): Promise<LocalImage | null> {
  const { parts, signal } = attempt
  const known = parts.ledger.proofOf(ticket.where, ticket.digest)
  const there = known === null ? null : await engine.image(known.imageId, signal)
  // A name for other bytes, or for an index that the engine would choose from, proves nothing.
  return there !== null && ownIds(ticket).has(there.id) ? there : null
}

/** The id of the image on this node; `there` is what `imageOnNode` found. */
export async function loadIntoEngine(pull: AdmittedPull, there: LocalImage | null): Promise<string> {
  const { ticket, attempt } = pull
  attempt.steps.begin('pull')
  attempt.steps.bytes(0, ticket.totalBytes)
  if (there === null) {
    assertUnpackable(ticket, attempt.tally.engineVersion)
    if (attempt.order.purpose === 'prefetch') await assertRoomAhead(pull)
    return pullOrJoin(pull)
  }
  await keep(there.id, [], pull, attempt.signal)
  return there.id
}

/** What no one waits for leaves room for the unpacked image, beside the reserve. */
async function assertRoomAhead({ ticket, engine, attempt }: AdmittedPull): Promise<void> {
  const root = await engine.dataRoot(attempt.signal)
  const free = root === null ? null : await freeBytes(root)
  const reserveBytes = reserveAhead(attempt.parts.policy)
  const room = judgeRoom({ imageBytes: ticket.totalBytes, freeBytes: free ?? Infinity, reserveBytes })
  if (room !== 'fits') throw problem('NODE_DISK_FULL')
}

/** Both have shown that they may pull the image, so one pull by the engine serves both. A failure that another met is tried again. */
async function pullOrJoin(pull: AdmittedPull): Promise<string> {
  const { ticket, attempt } = pull
  const { parts, signal, steps } = attempt
  const { registry, repository } = ticket.where
  const key = JSON.stringify([registry, repository, ticket.digest, imageManifest(ticket)?.digest])
  const show = (bytes: number): void => steps.bytes(bytes, ticket.totalBytes)
  for (;;) {
    let isOwn = false
    let imageId: string
    try {
      imageId = await parts.loads.join(key, signal, show, (stop, tell) => {
        isOwn = true
        return pullToTheEnd({ ...pull, signal: stop, tell })
      })
    } catch (error) {
      if (isOwn || signal.aborted) throw error
      continue
    }
    if (!isOwn) await keep(imageId, [], pull, signal)
    return imageId
  }
}

/** What was received is kept for a retry, and only for that. */
async function pullToTheEnd(load: Load): Promise<string> {
  const { ticket, attempt } = load
  // The admission reads it, for the engine, too.
  const count = (): unknown => (attempt.bytes += ticket.config.size)
  ticket.imageConfig.then(count, () => 'thrown where it is awaited')
  let isWanted = false
  try {
    return await pullAgain(load)
  } catch (error) {
    isWanted = isWorthKeeping(error)
    throw error
  } finally {
    const digests = ticket.layers.map(({ digest }) => digest)
    if (!isWanted) await attempt.parts.blobs.forget(ticket.where, digests)
  }
}

/** An engine that restarts midway forgets every layer of the pull; the bytes received are still here. */
async function pullAgain(load: Load): Promise<string> {
  const { attempt, engine, signal } = load
  const patienceMs = attempt.parts.engineBackWithinMs ?? engineBackWithinMs
  for (let lost = 1; ; lost++) {
    try {
      return await pullThroughGateway(load)
    } catch (error) {
      if (lost > mostRestarts || !(await isEngineLost(engine, error, patienceMs, signal))) throw error
      if (!(await isEngineBack(engine, patienceMs, signal))) throw error
      attempt.tally.engineRestarts++
    }
  }
}

async function pullThroughGateway(load: Load): Promise<string> {
  const { ticket, engine, attempt, signal, tell } = load
  const { parts } = attempt
  const makeRoom = (): Promise<boolean> => parts.blobs.makeRoom()
  const [root, before, processes] = await Promise.all([
    engine.dataRoot(signal),
    holdsImage(ticket, engine, signal),
    engine.processes(),
  ])
  await using disk = await watchDisk(root, parts.policy.disk_reserve_bytes, makeRoom)
  const stop = AbortSignal.any([signal, disk.full])
  const counted = {
    onFetched: (bytes: number) => (attempt.bytes += bytes),
    onResumed: () => attempt.tally.resumedStreams++,
  }
  const options = { engine: processes, blobs: parts.blobs, ...counted }
  await using gateway = await Gateway.open(ticket, options, stop)
  const tellBytes = (): void => tell(attempt.bytes)
  const clock = setInterval(tellBytes, progressEveryMs)
  try {
    const image = await enginePull(gateway, load, stop)
    const pairs = await layerPairs(ticket)
    runsAdmitted(image, pairs, ticket)
    await proveLayers(ticket, pairs, before ? new Set() : gateway.verified, parts, { ...counted, signal: stop })
    await keep(image.id, pairs, load, stop)
    return image.id
  } finally {
    clearInterval(clock)
    tellBytes()
    for (const digest of gateway.verified) attempt.tally.fetched(ticket, digest)
    await engine.untag(gateway.reference, AbortSignal.timeout(dropWithinMs)).catch(onlyLeftover)
  }
}

async function enginePull(
  gateway: Gateway,
  { ticket, engine, platform }: AdmittedPull,
  signal: AbortSignal,
): Promise<LocalImage> {
  try {
    await engine.pull(gateway.reference, AbortSignal.any([signal, gateway.failed]))
  } catch (error) {
    throw pullFailure(error, gateway, ticket, platform)
  }
  const image = await engine.image(gateway.reference, signal)
  if (image === null || !ownIds(ticket).has(image.id)) {
    throw problem('ENGINE_FAILED', { http_status: 200, reason: 'the image it made is not the one that was pulled' })
  }
  if (image.os !== platform.os || image.arch !== platform.arch) {
    throw problem('IMAGE_PLATFORM_MISMATCH', { node_platform: formatPlatform(platform) })
  }
  return image
}

/** A registry error takes precedence over Docker's interpretation of it; Docker's own problems get the image's own name. */
function pullFailure(error: unknown, gateway: Gateway, ticket: PullTicket, platform: NodePlatform): unknown {
  if (gateway.failure !== null) return gateway.failure
  if (!isProblem(error)) return error
  if (error.code === 'ENGINE_FAILED' && !gateway.reached) return problem('ENGINE_CANNOT_REACH_GATEWAY', error.facts)
  const named = { ...ticket.where, node_platform: formatPlatform(platform) }
  return new Problem(error.code, { ...error.facts, ...named }, error.fields)
}

/** A layer the engine just fetched, for an image it did not have, was compared with the config by the engine itself. */
async function proveLayers(
  ticket: PullTicket,
  pairs: readonly LayerPair[],
  fetched: ReadonlySet<string>,
  { ledger, blobs }: PullParts,
  watch: BlobWatch,
): Promise<void> {
  const where = ticket.where
  const unproved = pairs.filter((pair) => !fetched.has(pair.layer) && !ledger.hasLayer(where, pair))
  const once = new Map(unproved.map((pair) => [`${pair.layer} ${pair.diffId}`, pair]))
  await verifyLayers(ticket, [...once.values()], blobs, watch)
}

/** First its name: an image without one gets pruned. Then the proof, synced to disk. */
async function keep(
  imageId: string,
  pairs: readonly LayerPair[],
  { ticket, image, login, engine, attempt }: AdmittedPull,
  signal: AbortSignal,
): Promise<void> {
  const { platform } = await ticket.imageConfig
  const { repository, tag } = nameOfOrder(attempt.order, image, ticket.digest)
  await engine.tag(imageId, repository, tag, signal)
  await attempt.parts.ledger.prove(pairs, {
    ...ticket.where,
    digest: ticket.digest,
    platform,
    sizeBytes: ticket.totalBytes,
    imageId,
    secret: login.secret,
    secretVersion: login.version,
    at: new Date().toISOString(),
  })
}

/**
 * S16: the config digest on the graphdriver store, the manifest digest on the containerd store. Each identifies one image and how it runs
 * by its bytes: files, environment, command, user. A container started from it is what was admitted, whatever else the engine holds by
 * then.
 */
const ownIds = (ticket: PullTicket): ReadonlySet<string> =>
  new Set([ticket.config.digest, imageManifest(ticket)?.digest ?? ticket.digest])

/** S16: the layers that the engine reports for the image must be exactly those admitted. */
function runsAdmitted({ diffIds }: LocalImage, pairs: readonly LayerPair[], ticket: PullTicket): void {
  const isSame = diffIds.length === pairs.length && pairs.every(({ diffId }, index) => diffIds[index] === diffId)
  if (!isSame) throw corrupt(ticket.where)
}

/** Whether the engine already has this exact image, even as an entry of its index. */
export async function holdsImage(ticket: PullTicket, engine: Engine, signal: AbortSignal): Promise<boolean> {
  const images = await Promise.all([...ownIds(ticket), ticket.digest].map((id) => engine.image(id, signal)))
  return images.some((image) => image !== null)
}

/** The pull is no longer wanted, or there is no room for it. */
const isOver: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['INTERNAL', 'INTERRUPTED', 'NODE_DISK_FULL'])

const isWorthKeeping = (error: unknown): boolean => isProblem(error) && error.row.retry && !isOver.has(error.code)

/** The name of a dead path: it costs a line in a list, never the pull. */
const onlyLeftover = (error: unknown): void => {
  if (!isProblem(error)) throw error
}
