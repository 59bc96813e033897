/**
 * This system's authorities, as curl and Docker use them, read only from root's file. Node would take them from wherever the environment
 * says (`SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS`), and a login could go to any server those authorities vouch for.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { setDefaultCACertificates } from 'node:tls'
import { problem, readFault } from '@fairlead/contract/problems'

/** Where distributions keep it, in the order in which Go, and so Docker, looks. */
const places = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo, Alpine with ca-certificates
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL, Amazon Linux
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/etc/pki/tls/cacert.pem', // OpenELEC
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // RHEL 7 and later
  '/etc/ssl/cert.pem', // Alpine
]

const maxBytes = 16 * 1024 * 1024

export interface SystemStore {
  readonly path: string
  readonly pem: string
}

/** Null if this system has none. Throws SYSTEM_AUTHORITIES_UNUSABLE if others may have written it. */
export function readSystemStore(at: readonly string[] = places, rootUid = 0): SystemStore | null {
  for (const path of at) {
    const pem = readRootFile(path, rootUid)
    if (pem !== null) return { path, pem }
  }
  return null
}

/**
 * From here on, every TLS client in this process that is given no authorities trusts only the system's: ours, the cloud libraries' and
 * Node's. If the system has none, Node's own list stays in force. Returns the file's path.
 */
export function useSystemStore(store = readSystemStore()): string | null {
  if (store === null) return null
  try {
    setDefaultCACertificates([store.pem])
  } catch {
    throw unusable(store.path, 'it holds no list of certificates in PEM')
  }
  return store.path
}

function readRootFile(path: string, rootUid: number): string | null {
  const file = open(path)
  if (file === null) return null
  try {
    const { uid, mode, size } = fstatSync(file)
    if (uid !== rootUid || (mode & 0o022) !== 0) throw unusable(path, 'it is not owned by root, or others can write it')
    if (size > maxBytes) throw unusable(path, 'it is too large')
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

function open(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw unusable(path, readFault(error))
  }
}

const unusable = (path: string, reason: string) => problem('SYSTEM_AUTHORITIES_UNUSABLE', { path, reason })
