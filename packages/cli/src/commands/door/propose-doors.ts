/** What the shell suggests where a door is closed or tested: the doors in the owner's file. */
import { isProblem, problem } from '@fairlead/contract/problems'
import { readOwnerFile } from '@fairlead/credential-path/policy/owner-file'
import { parseNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { registryOf } from './door-place.ts'

/** Nothing for a file that cannot be used. */
export function proposeDoors(policyFile: string, partial: string): readonly string[] {
  return namesIn(policyFile).filter((name) => name.startsWith(partial))
}

export function proposeRegistries(policyFile: string, partial: string): readonly string[] {
  return [...new Set(namesIn(policyFile).map(registryOf))].filter((name) => name.startsWith(partial))
}

function namesIn(path: string): readonly string[] {
  try {
    const text = readOwnerFile(path, {
      unsafe: () => problem('POLICY_UNSAFE', { path }),
      invalid: (reason) => problem('POLICY_INVALID', { path, reason }),
    })
    return text === null ? [] : Object.keys(parseNodePolicy(text, path).doors)
  } catch (error) {
    if (isProblem(error)) return []
    throw error
  }
}
