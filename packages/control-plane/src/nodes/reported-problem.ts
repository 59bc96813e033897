/**
 * Corrects a problem reported by a node in the parts an admin acts on: a fix names a secret, a registry, and an account to let in, and gets pasted.
 * So secret and registry come from the desired state, and the reported caller counts only if it matches the cloud's nodes. A node that was taken
 * over, or that joined with a found token, cannot get anyone else access, or access to another secret. Pure.
 */
import { parseImageReference, registryOf } from '@fairlead/contract/names'
import { type ProblemCode, type ReportedProblem } from '@fairlead/contract/problems'
import { nodeRoleOf } from '@fairlead/contract/wire'
import type { BuildRecord, CloudRecord } from '../store/records.ts'

export interface ToldOf {
  readonly build: Pick<BuildRecord, 'docker_image_name' | 'registry_login_secret'>
  readonly cloud: CloudRecord
}

/** Their fix is to write the registry into the secret. Other problems may concern a token realm, or where blobs are. */
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

/** For a cloud that does not declare its account or project, this is unknown. */
function isOfNodes(account: string, role: string, cloud: CloudRecord): boolean {
  const known = nodeRoleOf(cloud)
  // Configured when the cloud was created, or proved by each node that joined.
  const mustBe = cloud.node_role !== null || cloud.join === 'proof' ? known : null
  if (cloud.provider === 'aws') {
    // STS reports a role without its path.
    return account === cloud.account_id && (mustBe === null || role === mustBe.split('/').at(-1))
  }
  if (cloud.provider !== 'gcp' || account !== cloud.project_id) return false
  return mustBe === null ? isOfProject(role, cloud) : role === mustBe
}

/** An account created in the project, or the default one that each project has for its machines. */
function isOfProject(email: string, cloud: CloudRecord): boolean {
  const host = nodeRoleOf({ ...cloud, node_role: null })?.split('@')[1]
  if (host !== undefined && email.endsWith(`@${host}`)) return true
  return cloud.project_number !== null && email === `${cloud.project_number}-compute@developer.gserviceaccount.com`
}
