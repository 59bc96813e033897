/** A policy of Google Cloud as the commands that grant it. Pure. */
import { gcloudCommand, type GcpAccessPolicy } from '@fairlead/contract/names'

export function gcloudText({ bindings }: GcpAccessPolicy): string {
  return bindings.map((binding) => `${gcloudCommand(binding)}\n`).join('')
}
