/** What the shell suggests where a door is closed or tested: the doors in the owner's file. */
import { isProblem } from '@fairlead/contract/problems'
import { ownersPolicy, registryOf } from './door-place.ts'

/** Nothing for a file that cannot be used. */
export function proposeDoors(policyFile: string, partial: string): readonly string[] {
  return namesIn(policyFile).filter((name) => name.startsWith(partial))
}

export function proposeRegistries(policyFile: string, partial: string): readonly string[] {
  return [...new Set(namesIn(policyFile).map(registryOf))].filter((name) => name.startsWith(partial))
}

function namesIn(policyFile: string): readonly string[] {
  try {
    return Object.keys(ownersPolicy({ policyFile }).doors)
  } catch (error) {
    if (isProblem(error)) return []
    throw error
  }
}
