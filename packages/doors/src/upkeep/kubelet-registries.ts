/** The registries for which this node's kubelet gets logins from our provider: a registry has that or a door, never both. */
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { readOwnerFile } from '@fairlead/credential-path/policy/owner-file'
import { parseLoginMap } from '../login-map.ts'
import { kubeletLoginMap } from '../places.ts'

/** Each by its key. Throws LOGIN_MAP_UNSAFE or LOGIN_MAP_INVALID. */
export function kubeletRegistries(root: string): readonly string[] {
  const path = join(root, kubeletLoginMap)
  const text = readOwnerFile(path, {
    unsafe: () => problem('LOGIN_MAP_UNSAFE', { path }),
    invalid: (reason) => problem('LOGIN_MAP_INVALID', { path, reason }),
  })
  return text === null ? [] : parseLoginMap(text, path).map(({ registryKey }) => registryKey)
}
