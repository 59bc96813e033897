/** The logins that `docker login` left on this machine: their hosts, never their content. */
import { open } from 'node:fs/promises'
import { parseRegistryHost } from '@fairlead/contract/names'

const maxBytes = 1024 * 1024

/** Hosts as written in Docker's `config.json`; empty if there is no such file or it cannot be read. */
export async function readDockerLogins(path: string): Promise<readonly string[]> {
  try {
    await using file = await open(path, 'r')
    const stat = await file.stat()
    return stat.isFile() && stat.size <= maxBytes ? dockerLoginsIn(await file.readFile('utf8')) : []
  } catch (error) {
    if (error instanceof Error && 'code' in error) return []
    throw error
  }
}

export function dockerLoginsIn(text: string): readonly string[] {
  try {
    const document: unknown = JSON.parse(text)
    const auths: unknown = typeof document === 'object' && document && 'auths' in document ? document.auths : null
    return typeof auths === 'object' && auths !== null ? Object.keys(auths) : []
  } catch {
    return []
  }
}

/** Docker writes `host`, `host:port` and, for its own registry, `https://index.docker.io/v1/`. */
export function isLoginFor(entry: string, registryKey: string): boolean {
  const host = entry.replace(/^https?:\/\//i, '').split('/', 1)[0] ?? ''
  return parseRegistryHost(host)?.key === registryKey
}
