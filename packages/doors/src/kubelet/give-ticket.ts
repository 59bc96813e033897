/** Gives a pod's pull a ticket for this node's door, if the registry has one. */
import { readFile } from 'node:fs/promises'
import { registryOf, type ImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { readLoadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import { readNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { registriesOf } from '../mirror/door-table.ts'
import type { Places } from '../places.ts'
import { askedWithinSeconds } from '../upkeep/ask-mirror.ts'
import type { ServiceAccount } from '../pods/service-account.ts'
import { formatTicket, ticketKeyFile, ticketLifeMs } from '../pods/ticket.ts'

export type GiveTicket = (image: ImageReference, account: ServiceAccount | null) => Promise<string | null>

/**
 * Null if the registry has no door under the owner's file as it is now. Throws POLICY_*, also if the file is that of an agent in a pod, which then
 * must answer itself; and DOOR_NOT_ANSWERING if no agent has made keys yet.
 */
export function ticketsOf({ policyFile, stateDir }: Pick<Places, 'policyFile' | 'stateDir'>): GiveTicket {
  return async (image, account) => {
    const registry = registryOf(image).key
    const policy = readNodePolicy(policyFile, { before: await readLoadedPolicy(stateDir) })
    if (!registriesOf(policy).includes(registry)) return null
    const key = await readFile(ticketKeyFile(stateDir)).catch(() => {
      throw problem('DOOR_NOT_ANSWERING', { seconds: askedWithinSeconds })
    })
    return formatTicket({ registry, repository: image.path, account, expires: Date.now() + ticketLifeMs }, key)
  }
}
