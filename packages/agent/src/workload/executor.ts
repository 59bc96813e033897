/** Executes steps: one entry per step, and a missing one does not compile. Each throws a Problem, or the signal's reason. */
import { compareRayVersions } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import { type Workload } from '@fairlead/contract/wire'
import type { Engine } from '@fairlead/credential-path/engine/engine'
import { askRay } from './ask-ray.ts'
import { containerSpec } from './container-options.ts'
import type { CurrentStart } from './current-start.ts'
import type { ExecutorParts } from './executor-parts.ts'
import { isCommandMissing, parseRayVersion, rayTokenFile, rayVersionCommand } from './ray.ts'
import { beginStep, endSteps } from './start-progress.ts'
import { containerName, labels, type WorkloadContainer } from './start.ts'
import type { Step } from './step.ts'

type Executor = {
  readonly [Name in Step['do']]: (step: Extract<Step, { do: Name }>, signal: AbortSignal) => Promise<void>
}

/** How long Docker may take to create a container: an image that is already there is only referenced. */
const createWithinMs = 60_000

export function execute(
  step: Step,
  current: CurrentStart | null,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const take = executor(parts, current)[step.do] as (step: Step, signal: AbortSignal) => Promise<void>
  return take(step, signal)
}

function executor(parts: ExecutorParts, maybeCurrent: CurrentStart | null): Executor {
  const { engine, times } = parts
  /** Only stop and remove are planned if no start is wanted. */
  const wanted = (): CurrentStart => {
    if (maybeCurrent === null) throw problem('INTERNAL')
    return maybeCurrent
  }
  return {
    'pull-image': async ({ workload }, signal) => {
      const current = wanted()
      current.update((progress) => ({ ...progress, phase: 'pulling' }))
      const pulled = await parts.puller.pull(pullOrder(workload, current.askedAt), {
        signal,
        onSteps: (steps) => current.update((progress) => ({ ...progress, steps: [...steps] })),
      })
      current.image = { id: pulled.imageId, digest: pulled.digest }
      current.update((progress) => ({ ...progress, digest: pulled.digest }))
    },

    'create-container': async ({ workload, image }, signal) => {
      const current = wanted()
      current.update((progress) => beginStep({ ...progress, phase: 'starting' }, 'start', new Date()))
      const cgroup = await parts.confinement.cgroupParent(signal)
      const spec = containerSpec(workload, image, parts.place(), parts.containers, cgroup)
      signal.throwIfAborted()
      // Not aborted halfway: Docker would finish it after the last look at the containers, and nothing would remove it (R2).
      const created = engine.createContainer(spec, AbortSignal.timeout(createWithinMs))
      const inForce = parts.confinement.assertInForce(signal)
      await Promise.allSettled([inForce, created])
      await Promise.all([inForce, created])
      await startCreated(current, cgroup, parts, signal)
    },

    'start-container': async ({ workload }, signal) => {
      const current = wanted()
      current.update((progress) => beginStep({ ...progress, phase: 'starting' }, 'start', new Date()))
      await parts.confinement.assertInForce(signal)
      // Created before this node confined its workloads, it is out of the rule's reach; the next look finds it gone and recreates it.
      const cgroup = await parts.confinement.cgroupParent(signal)
      const made = await findContainer(engine, containerName(workload), signal)
      if (cgroup !== null && made !== null && made.cgroupParent !== cgroup)
        return engine.removeContainer(made.name, signal)
      await startCreated(current, cgroup, parts, signal)
    },

    // In the container that already runs: a second one just to ask would have to start too, and could be left behind.
    'check-ray-version': async ({ workload }, signal) => {
      const current = wanted()
      // A killed agent may have started it without checking.
      if (!current.isPlaced) await assertPlaced(current, await parts.confinement.cgroupParent(signal), parts, signal)
      current.rayBeganAt ??= performance.now()
      if (!current.wasUp) {
        current.update((progress) => beginStep({ ...progress, phase: 'starting' }, 'ray', new Date()))
      }
      const asked = await whileItRuns(engine, workload, signal, () =>
        askVersion(engine, workload, times.rayStartMs, signal),
      )
      if (asked === null) return
      if (isCommandMissing(asked.exitStatus)) {
        // A container that exits at that moment cannot run anything either.
        if (!(await isRunning(engine, workload, signal))) return
        throw problem('RAY_NOT_IN_IMAGE', { expected_version: workload.ray_version })
      }
      judgeVersion(current, workload, parseRayVersion(asked.stdout), asked.exitStatus)
    },

    'ask-ray': ({ workload }, signal) => askRay(wanted(), workload, parts, signal),

    'conclude-exit': async ({ workload, container }) => {
      throw exitProblem(container, workload, wanted().wasUp)
    },

    'stop-container': ({ name }, signal) => engine.stopContainer(name, times.stopGraceSeconds, signal),

    'remove-container': ({ name }, signal) => engine.removeContainer(name, signal),
  }
}

const pullOrder = (workload: Workload, askedAt: number) => ({
  purpose: 'cluster' as const,
  image: workload.docker_image,
  digest: workload.digest,
  secret: workload.registry_login_secret,
  clusterId: workload.cluster_id,
  buildId: null,
  askedAt,
})

async function findContainer(engine: Engine, name: string, signal: AbortSignal) {
  const containers = await engine.containers(labels.node, signal)
  return containers.find((container) => container.name === name) ?? null
}

/** Only where the rule was found in force for this start. */
async function startCreated(
  current: CurrentStart,
  cgroup: string | null,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = parts
  const { workload } = current
  const name = containerName(workload)
  signal.throwIfAborted()
  // On each try, since an agent may have been killed before the file was there; Ray does not start without it.
  const token = rayTokenFile(workload)
  if (token !== null) await engine.putFile(name, token, signal)
  try {
    await engine.startContainer(name, signal)
  } catch (error) {
    // Docker words this differently in each version; the exit status of a container that never ran is the same in all.
    const container = await findContainer(engine, name, signal)
    if (!isCommandMissing(container?.exitStatus ?? null)) throw error
    throw problem('RAY_NOT_IN_IMAGE', { expected_version: workload.ray_version })
  }
  await assertPlaced(current, cgroup, parts, signal)
  const now = new Date()
  current.update((progress) => beginStep(endSteps(progress, 'done', now), 'ray', now))
  current.rayBeganAt = performance.now()
}

/** Removes a container that its runtime has put out of the rule's reach. One created before there was a rule keeps running (ADR 22). */
async function assertPlaced(
  current: CurrentStart,
  cgroup: string | null,
  { engine, confinement }: Pick<ExecutorParts, 'engine' | 'confinement'>,
  signal: AbortSignal,
): Promise<void> {
  const name = containerName(current.workload)
  try {
    await confinement.assertInside(async () => {
      const found = await findContainer(engine, name, signal)
      return found?.cgroupParent === cgroup ? found.pid : null
    }, signal)
  } catch (error) {
    if (isProblem(error, 'METADATA_EXPOSED')) await engine.removeContainer(name, signal)
    throw error
  }
  current.isPlaced = true
}

/** An image's own program may never end. */
async function askVersion(engine: Engine, workload: Workload, limitMs: number, signal: AbortSignal) {
  const deadline = AbortSignal.timeout(limitMs)
  try {
    return await engine.exec(containerName(workload), rayVersionCommand, AbortSignal.any([signal, deadline]))
  } catch (error) {
    if (!deadline.aborted || signal.aborted) throw error
    throw problem('RAY_START_TIMEOUT', { seconds: Math.round(limitMs / 1000) })
  }
}

/** Null if the container ended in the meantime: the next look at it will show how. */
async function whileItRuns<Answer>(
  engine: Engine,
  workload: Workload,
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer | null> {
  try {
    return await ask()
  } catch (error) {
    if (await isRunning(engine, workload, signal)) throw error
    return null
  }
}

async function isRunning(engine: Engine, workload: Workload, signal: AbortSignal): Promise<boolean> {
  return (await findContainer(engine, containerName(workload), signal))?.state === 'running'
}

function judgeVersion(current: CurrentStart, workload: Workload, found: string | null, exitStatus: number): void {
  if (found === null) throw problem('RAY_START_FAILED', { exit_status: Math.min(Math.max(exitStatus, -1), 255) })
  current.update((progress) => ({ ...progress, rayVersion: found }))
  const comparison = compareRayVersions(workload.ray_version, found)
  if (comparison === 'differs') {
    throw problem('RAY_VERSION_MISMATCH', { version: found, expected_version: workload.ray_version })
  }
  if (comparison === 'patch-differs') {
    current.update((progress) => ({ ...progress, warnings: ['RAY_VERSION_MISMATCH'] }))
  }
  current.rayChecked = true
}

export function exitProblem(container: WorkloadContainer, workload: Workload, wasUp: boolean) {
  const facts = { exit_status: container.exitStatus ?? -1 }
  if (wasUp) return problem('RAY_EXITED', facts)
  return isCommandMissing(container.exitStatus)
    ? problem('RAY_NOT_IN_IMAGE', { expected_version: workload.ray_version })
    : problem('RAY_START_FAILED', facts)
}
