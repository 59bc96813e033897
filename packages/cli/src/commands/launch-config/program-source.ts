/** Where a machine gets the single-file program, and the hash that it must have to run. */
import { UsageError } from '../../usage-error.ts'
import type { ProgramSource } from './launch-subject.ts'

/** No user, no query, no fragment: many people read the files that contain the address. */
const address = /^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/[A-Za-z0-9._~%+/-]*$/

export function parseProgramSource(url: string | undefined, sha256: string | undefined): ProgramSource | null {
  if (url === undefined && sha256 === undefined) return null
  if (url === undefined) throw usage('--install-sha256 needs --install-from')
  if (sha256 === undefined) throw usage('--install-from needs --install-sha256: the hash of the file to run')
  if (url.length > 2048 || !address.test(url)) {
    throw usage('--install-from takes https://HOST/PATH, without a user, a query or a fragment')
  }
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw usage('--install-sha256 takes 64 hexadecimal digits')
  return { url, sha256 }
}

const usage = (reason: string): UsageError => new UsageError(reason, 'fairlead launch-config')
