/** Pods of Kubernetes that images are pulled for, by their names: closed forms of DNS labels, in which no password fits (S6). */
import { z } from 'zod'
import { ProblemCode } from '../problems/problem-document.ts'
import { Timestamp } from '../names/name.ts'

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** What created the pod and replaces it, such as a RayCluster; in the pod's own namespace. */
export const PodOwner = z.strictObject({
  kind: z.string().regex(/^[A-Z][A-Za-z0-9]{0,62}$/),
  name: z.string().regex(dnsSubdomain),
})
export type PodOwner = z.infer<typeof PodOwner>

export const PodName = z.strictObject({
  namespace: z.string().regex(dnsLabel),
  name: z.string().regex(dnsSubdomain),
  /** Null for a pod that nothing would replace. */
  owner: PodOwner.nullable(),
})
export type PodName = z.infer<typeof PodName>

/** A pod that cannot start because its image is not there. */
export const WaitingPod = z.strictObject({
  pod: PodName,
  image: z.string().max(512),
  /** When the node took on the pod. */
  since: Timestamp,
  /** Why the door refused the image; null if the kubelet told of no refusal. */
  code: ProblemCode.nullable(),
})
export type WaitingPod = z.infer<typeof WaitingPod>

/** `NAMESPACE/KIND/NAME`, by which records are found. */
export const OwnerKey = z.string().regex(/^[a-z0-9-]{1,63}\/[A-Z][A-Za-z0-9]{0,62}\/[a-z0-9.-]{1,253}$/)
export const ownerKey = (namespace: string, { kind, name }: PodOwner): string => `${namespace}/${kind}/${name}`
