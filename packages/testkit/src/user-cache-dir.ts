/** Where what is made once is kept, unless a caller says where. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export function userCacheDir(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fairlead-testkit')
}
