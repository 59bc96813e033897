/**
 * What a node tells of a problem, put right where an admin acts on it: a fix names a secret, a registry, and whom to let in, and is pasted. So
 * secret and registry are those of the order, and who asked counts only where it is who the cloud's nodes are. A node that was taken over, or
 * that joined with a token it found, cannot have somebody else let in, nor to another secret. Pure.
 */
import { parseImageReference, registryOf } from '@fairlead/contract/names'
import { type ProblemCode, type ReportedProblem } from '@fairlead/contract/problems'
import { nodeRoleOf } from '@fairlead/contract/wire'
import type { BuildRecord, CloudRecord } from '../store/records.ts'

export interface ToldOf {
  readonly build: Pick<BuildRecord, 'docker_image_name' | 'registry_login_secret'>
  readonly cloud: CloudRecord
}

/** Their fix is to write the registry into the secret. Other problems may be of a token realm, or of where blobs are. */
const setsRegistry: ReadonlySet<ProblemCode> = new Set(['CREDENTIAL_SERVER_MISMATCH', 'SECRET_SERVER_MALFORMED'])

export function completeReport({ code, facts }: ReportedProblem, { build, cloud }: ToldOf): ReportedProblem {
  const { reference, registry, provider, account, role, ...others } = facts
  const ordered = build.registry_login_secret
  const own = setsRegistry.has(code) ? registryOf(parseImageReference(build.docker_image_name)).key : registry
  return {
    code,
    facts: {
      ...others,
      ...(reference !== undefined && ordered !== null && { reference: ordered }),
      ...(registry !== undefined && { registry: own }),
      ...(provider !== undefined && { provider: cloud.provider }),
      ...(account !== undefined && role !== undefined && isOfNodes(account, role, cloud) && { account, role }),
    },
  }
}

/** Of a cloud that does not say its account or project, nobody can tell. */
function isOfNodes(account: string, role: string, cloud: CloudRecord): boolean {
  const known = nodeRoleOf(cloud)
  // What was named when the cloud was made, or proved by each node that joined.
  const mustBe = cloud.node_role !== null || cloud.join === 'proof' ? known : null
  if (cloud.provider === 'aws') {
    // STS tells a role without its path.
    return account === cloud.account_id && (mustBe === null || role === mustBe.split('/').at(-1))
  }
  if (cloud.provider !== 'gcp' || account !== cloud.project_id) return false
  return mustBe === null ? isOfProject(role, cloud) : role === mustBe
}

/** An account that was made in the project, or the one that each project has for its machines. */
function isOfProject(email: string, cloud: CloudRecord): boolean {
  const host = nodeRoleOf({ ...cloud, node_role: null })?.split('@')[1]
  if (host !== undefined && email.endsWith(`@${host}`)) return true
  return cloud.project_number !== null && email === `${cloud.project_number}-compute@developer.gserviceaccount.com`
}
