/** Reads the existing maps of logins, if nobody else can have written them: earlier ones take precedence. */
import { problem } from '@fairlead/contract/problems'
import { readOwnerFile } from '@fairlead/credential-path/policy/owner-file'
import { providerOfMachine } from '@fairlead/credential-path/secret/provider-of-machine'
import { parseLoginMap, type LoginMap } from './login-map.ts'

/** Throws LOGIN_MAP_UNSAFE or LOGIN_MAP_INVALID. A missing file maps nothing. */
export async function readLoginMaps(paths: readonly string[]): Promise<readonly LoginMap[]> {
  return Promise.all(paths.map(readLoginMap))
}

async function readLoginMap(path: string): Promise<LoginMap> {
  const text = readOwnerFile(path, {
    unsafe: () => problem('LOGIN_MAP_UNSAFE', { path }),
    invalid: (reason) => problem('LOGIN_MAP_INVALID', { path, reason }),
  })
  return text === null ? [] : parseLoginMap(text, path, (await providerOfMachine()) ?? 'local')
}
