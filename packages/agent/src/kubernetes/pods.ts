/** What a Kubernetes node's pods say about its pulls: who waited for an image, and who still waits. Pure. */
import { parseImageReference, registryOf } from '@fairlead/contract/names'
import { ProblemCode } from '@fairlead/contract/problems'
import { PodName, type WaitingPod } from '@fairlead/contract/wire'
import type { PulledForPods } from '@fairlead/credential-path/record/pods-for'
import { z } from 'zod'

const Time = z.iso.datetime({ offset: true })
const Begun = z.object({ startedAt: Time.nullish() })
const Container = z.object({ name: z.string(), image: z.string() })
const ContainerStatus = z.object({
  name: z.string(),
  state: z
    .object({
      waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      running: Begun.optional(),
      terminated: Begun.optional(),
    })
    .default({}),
})

/** The parts of a Kubernetes pod that are read here. */
export const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() }))
      .default([]),
  }),
  spec: z.object({ containers: z.array(Container), initContainers: z.array(Container).default([]) }),
  status: z
    .object({
      startTime: Time.nullish(),
      containerStatuses: z.array(ContainerStatus).default([]),
      initContainerStatuses: z.array(ContainerStatus).default([]),
    })
    .default({ containerStatuses: [], initContainerStatuses: [] }),
})
export type Pod = z.infer<typeof Pod>
/** Each is read by itself, so that one that is not as expected hides no other. */
export const PodList = z.object({ items: z.array(z.unknown()) })

const mostPods = 16
const mostWaiting = 32
/** The clocks of a kubelet and of its containers show whole seconds. */
const clockSlackMs = 2_000

/** Those with a container of this image that waits, or that began after the pull did. */
export function podsOfPull(pods: readonly Pod[], pulled: PulledForPods): readonly PodName[] {
  const begunSince = (time: string | null | undefined) =>
    time != null && Date.parse(time) >= pulled.since - clockSlackMs
  const waited = pods.filter((pod) =>
    containersOf(pod).some(({ image, status }) => {
      if (!isImageOf(image, pulled)) return false
      const { waiting, running, terminated } = status?.state ?? {}
      if (running === undefined && terminated === undefined) return status === undefined || waiting !== undefined
      return begunSince((running ?? terminated)?.startedAt)
    }),
  )
  return waited.flatMap((pod) => nameOf(pod) ?? []).slice(0, mostPods)
}

const notPulled: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff'])

/** Those whose image could not be pulled, if its registry is one of `registries` (their keys). */
export function waitingPods(pods: readonly Pod[], registries: ReadonlySet<string>): WaitingPod[] {
  const waiting = pods.flatMap((pod): WaitingPod[] => {
    const found = containersOf(pod).find(({ image, status }) => {
      const reason = status?.state.waiting?.reason
      const registry = placeOf(image)?.registry
      return reason !== undefined && notPulled.has(reason) && registry !== undefined && registries.has(registry)
    })
    const name = nameOf(pod)
    if (found === undefined || name === null || pod.status.startTime == null) return []
    const since = new Date(pod.status.startTime).toISOString()
    const code = codeIn(found.status?.state.waiting?.message ?? '')
    return [{ pod: name, image: found.image.slice(0, 512), since, code }]
  })
  return waiting.toSorted((a, b) => a.since.localeCompare(b.since)).slice(0, mostWaiting)
}

/** A door's refusal in the words of the kubelet: `… (CODE). fix: …`. Only the code is taken from it. */
export function codeIn(message: string): ProblemCode | null {
  return ProblemCode.safeParse(/\(([A-Z][A-Z_]{2,60})\)/.exec(message)?.[1]).data ?? null
}

function containersOf({ spec, status }: Pod) {
  const statuses = new Map([...status.initContainerStatuses, ...status.containerStatuses].map((one) => [one.name, one]))
  return [...spec.initContainers, ...spec.containers].map(({ name, image }) => ({ image, status: statuses.get(name) }))
}

function isImageOf(image: string, { registry, repository, reference }: PulledForPods): boolean {
  const place = placeOf(image)
  return place?.registry === registry && place.repository === repository && place.reference === reference
}

/** Null if it is not the name of an image; an engine would not pull it either. */
function placeOf(text: string): { registry: string; repository: string; reference: string } | null {
  try {
    const image = parseImageReference(text)
    const reference = image.digest ?? image.tag ?? 'latest'
    return { registry: registryOf(image).key, repository: image.path, reference }
  } catch {
    return null
  }
}

function nameOf({ metadata: { name, namespace, ownerReferences } }: Pod): PodName | null {
  const owner = ownerReferences.find(({ controller }) => controller === true)
  const known = { namespace, name, owner: owner === undefined ? null : { kind: owner.kind, name: owner.name } }
  return PodName.safeParse(known).data ?? null
}
