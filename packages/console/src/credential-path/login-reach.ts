/** How far the login of a pull got, according to its record; nothing here is inferred from how the pull ended. Pure. */
import { LoginReach, type PullRecord } from '@fairlead/contract/wire'

/** `unrecorded`: by an agent that did not record it yet. */
export type Reach = LoginReach | 'unrecorded'

export const reachOf = ({ login }: Pick<PullRecord, 'login'>): Reach => login ?? 'unrecorded'

/** Whether the secret reached the node. */
export function hasSecret(reach: Reach): boolean {
  return reach !== 'unrecorded' && LoginReach.options.indexOf(reach) >= LoginReach.options.indexOf('read')
}

export const reachSentences: Record<Reach, string> = {
  unrecorded: 'not recorded: the agent was of an older version',
  none: 'none: no secret is named',
  unasked: 'the secret manager was not asked for it',
  asked: 'the secret manager did not give it',
  read: 'the secret was read and could not be used',
  parsed: 'read, and kept on the node: it is not for this registry',
  matched: 'for this registry, and not sent',
  sent: 'sent to this registry or its token realm, and not accepted',
  unproved: 'sent, and answered as anybody would be',
  accepted: 'accepted by the registry',
}
