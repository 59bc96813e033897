/** Removes what keeps workloads from the metadata service: for `fairlead agent uninstall`, and if the node's file lets them through. */
import { familiesHere, takeRulesAway } from './firewall.ts'
import { noRules } from './rules.ts'

/** Succeeds if there is nothing to remove. The empty cgroup stays until the machine reboots: another agent's rule may refer to it. */
export async function removeConfinement(): Promise<void> {
  for (const family of familiesHere()) await takeRulesAway(family, noRules)
}
