/** The map of logins of this node's kubelet, as the doors read it: which pods may pull what from the registries in it. */
import { problem } from '@fairlead/contract/problems'
import { readOwnerFile } from '@fairlead/credential-path/policy/owner-file'
import { parseLoginMap, type LoginMap } from '../login-map.ts'
import { kubeletLoginMap } from '../places.ts'

/** Empty without a file. Throws LOGIN_MAP_UNSAFE or LOGIN_MAP_INVALID. */
export function readKubeletMap(path = kubeletLoginMap): LoginMap {
  const text = readOwnerFile(path, {
    unsafe: () => problem('LOGIN_MAP_UNSAFE', { path }),
    invalid: (reason) => problem('LOGIN_MAP_INVALID', { path, reason }),
  })
  return text === null ? [] : parseLoginMap(text, path)
}
