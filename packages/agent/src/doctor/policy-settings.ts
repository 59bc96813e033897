/** The policy in force as a list, separating the owner's settings from defaults. Pure. */
import type { NodePolicy, PolicyInForce } from '@fairlead/credential-path/policy/node-policy'
import type { PolicySetting } from './doctor-report.ts'

export function policySettings({ policy, given }: PolicyInForce): readonly PolicySetting[] {
  const { containers, ...rest } = shown(policy)
  const entries = [
    ...Object.entries(rest),
    ...Object.entries(containers).map(([name, value]) => [`containers.${name}`, value] as const),
  ]
  return entries.map(([name, value]) => ({ name, value, from: given?.includes(name) ? 'file' : 'default' }))
}

/** A proxy's URL may hold its password. */
function shown(policy: NodePolicy): NodePolicy {
  return { ...policy, proxy: policy.proxy?.replace(/^(https?:\/\/)[^/]*@/i, '$1***@') ?? null }
}
