/** What an image name and a secret reference mean, worded for a form. */
import {
  effectiveTag,
  parseImageReference,
  parseSecretReference,
  referenceGranted,
  registryOf,
  type GcpSecretReference,
  type RegistryHost,
  type SecretContext,
  type SecretReference,
} from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import { nodeRoleOf, type Cloud, type ConfigCloud, type Grant } from '@fairlead/contract/wire'

export type Facts = readonly (readonly [name: string, value: string])[]

export function contextOf(cloud: Cloud): SecretContext {
  return {
    partition: cloud.partition,
    region: cloud.region,
    accountId: cloud.account_id,
    projectId: cloud.project_id,
    projectNumber: cloud.project_number,
  }
}

export function configCloudOf(cloud: Cloud): ConfigCloud {
  return { provider: cloud.provider, context: contextOf(cloud) }
}

/** Null while it is invalid. */
export function registryIn(text: string): RegistryHost | null {
  return orNull(() => registryOf(parseImageReference(text)))
}

export function imageFacts(text: string): Facts | null {
  const image = orNull(() => parseImageReference(text))
  const registry = registryIn(text)
  if (image === null || registry === null) return null
  const tag = effectiveTag(image)
  return [
    ['registry', registry.isDockerHub ? 'docker.io (Docker Hub)' : registry.key],
    ['repository', image.path],
    ...(tag === null ? [] : [['tag', image.digest === null ? tag : `${tag}, and the digest decides`] as const]),
    ...(image.digest === null ? [] : [['digest', image.digest] as const]),
  ]
}

export function referenceIn(text: string, cloud: Cloud): SecretReference | null {
  return orNull(() => parseSecretReference(cloud.provider, text, contextOf(cloud)))
}

export function secretFacts(reference: SecretReference, cloud: Cloud): Facts {
  return [...placeFacts(reference, cloud), ['read by', readerOf(cloud)]]
}

function placeFacts(reference: SecretReference, cloud: Cloud): Facts {
  if (reference.provider === 'aws') {
    return [
      ['kept in', 'AWS Secrets Manager'],
      ['account', place(reference.accountId, cloud.account_id, 'account')],
      ['region', place(reference.region, cloud.region, 'region')],
      ['name', reference.name],
      ['version', 'the current one'],
    ]
  }
  if (reference.provider === 'gcp') {
    return [
      ['kept in', 'Google Secret Manager'],
      ['project', place(reference.project, ownProject(reference, cloud), 'project')],
      ...(reference.location === null ? [] : [['location', reference.location] as const]),
      ['name', reference.secret],
      ['version', reference.version === 'latest' ? 'latest: the version added last' : reference.version],
    ]
  }
  return [
    ['kept in', "a file on each node, in the agent's secrets folder"],
    ['name', reference.name],
  ]
}

/** A project has a name and a number, and the user may type either. */
function ownProject(reference: GcpSecretReference, cloud: Cloud): string | null {
  return reference.project === cloud.project_number ? cloud.project_number : cloud.project_id
}

/** Null if unknown, which for a reference means the nodes' own. */
function place(named: string | null, own: string | null, kind: 'account' | 'region' | 'project'): string {
  if (named === null) return `the ${kind} of the nodes`
  if (own === null) return named
  return `${named}, ${named === own ? '' : 'not '}the ${kind} of the nodes`
}

function readerOf(cloud: Cloud): string {
  const role = nodeRoleOf(cloud)
  if (cloud.provider === 'aws') return `the nodes, as their role ${role ?? ''}`
  if (cloud.provider === 'gcp') return `the nodes, as ${role ?? 'their service account'}`
  return 'the agent on the node'
}

export type GrantAnswer =
  | { readonly granted: true; readonly why: 'any' | 'grant' }
  /** `command`: what an admin would type. */
  | { readonly granted: false; readonly command: string }

/** Null while the image does not say which registry the secret would be for. */
export function grantAnswer(
  cloud: Cloud,
  grants: readonly Grant[],
  typed: { readonly reference: SecretReference; readonly text: string; readonly registry: RegistryHost | null },
): GrantAnswer | null {
  if (cloud.allow_any_secret) return { granted: true, why: 'any' }
  const { reference, text, registry } = typed
  if (registry === null) return null
  if (referenceGranted(grants, reference, registry.key, cloud.provider, contextOf(cloud))) {
    return { granted: true, why: 'grant' }
  }
  // Each part has a closed grammar, in which a shell finds nothing to interpret.
  return {
    granted: false,
    command: `fairlead cloud grant ${text} --registry ${registry.key} --cloud-name ${cloud.name}`,
  }
}

function orNull<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch (error) {
    if (isProblem(error)) return null
    throw error
  }
}
