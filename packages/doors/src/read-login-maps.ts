/** Reads maps of logins, if nobody else can have written them. */
import type { Provider } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { readOwnerFile } from '@fairlead/credential-path/policy/owner-file'
import { providerOfMachine } from '@fairlead/credential-path/secret/provider-of-machine'
import { parseLoginMap, type LoginMap } from './login-map.ts'

/** Those that exist; earlier ones take precedence. */
export async function readLoginMaps(paths: readonly string[]): Promise<readonly LoginMap[]> {
  const ofMachine = (await providerOfMachine()) ?? 'local'
  return paths.map((path) => readLoginMap(path, ofMachine))
}

/** Throws LOGIN_MAP_UNSAFE or LOGIN_MAP_INVALID. A missing file maps nothing. */
export function readLoginMap(path: string, ofMachine?: Provider): LoginMap {
  const text = readOwnerFile(path, {
    unsafe: () => problem('LOGIN_MAP_UNSAFE', { path }),
    invalid: (reason) => problem('LOGIN_MAP_INVALID', { path, reason }),
  })
  return text === null ? [] : parseLoginMap(text, path, ofMachine)
}
