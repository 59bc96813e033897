/** Takes away what keeps workloads from the metadata service: for `fairlead agent uninstall`, and where the node's file lets them through. */
import { familiesHere, takeRulesAway } from './firewall.ts'
import { noRules } from './rules.ts'

/** Fine where there is nothing. The empty cgroup stays until the machine starts anew: a rule of another agent may mean this very one. */
export async function removeConfinement(): Promise<void> {
  for (const family of familiesHere()) await takeRulesAway(family, noRules)
}
