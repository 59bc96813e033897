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

/** Undefined where none was given, which is not sent. */
export function cloudFacts(flags: FactFlags): Omit<UpdateCloud, 'name' | 'kubernetes'> {
  return {
    partition: flags.partition,
    region: flags.region,
    account_id: flags.accountId,
    project_id: flags.projectId,
    project_number: flags.projectNumber,
    node_role: flags.nodeRole,
    join: flags.join,
    allow_any_secret: flags.allowAnySecret,
    prefetch: flags.prefetch,
  }
}
