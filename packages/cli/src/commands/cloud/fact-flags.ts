/** The flags that say where a cloud is, as the API's fields. Pure. */
import type { UpdateCloud } from '@fairlead/contract/wire'

export interface FactFlags {
  readonly partition?: 'aws' | 'aws-cn' | 'aws-us-gov'
  readonly region?: string
  readonly accountId?: string
  readonly projectId?: string
  readonly projectNumber?: string
  readonly nodeRole?: string
  readonly join?: 'proof' | 'token'
  readonly allowAnySecret?: boolean
  readonly prefetch?: boolean
}

/** Only those that were given. */
export function cloudFacts(flags: FactFlags): Omit<UpdateCloud, 'name' | 'kubernetes'> {
  return {
    ...(flags.partition !== undefined && { partition: flags.partition }),
    ...(flags.region !== undefined && { region: flags.region }),
    ...(flags.accountId !== undefined && { account_id: flags.accountId }),
    ...(flags.projectId !== undefined && { project_id: flags.projectId }),
    ...(flags.projectNumber !== undefined && { project_number: flags.projectNumber }),
    ...(flags.nodeRole !== undefined && { node_role: flags.nodeRole }),
    ...(flags.join !== undefined && { join: flags.join }),
    ...(flags.allowAnySecret !== undefined && { allow_any_secret: flags.allowAnySecret }),
    ...(flags.prefetch !== undefined && { prefetch: flags.prefetch }),
  }
}
