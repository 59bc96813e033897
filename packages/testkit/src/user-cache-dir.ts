/** Where things made once are kept, unless a caller chooses another place. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export function userCacheDir(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fairlead-testkit')
}
