/** Logins that other tools keep on this machine for the registries of doors, and what to do about each. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { printable } from '@fairlead/contract/problems'
import { loginFiles, loginsFor, type KeptLogin, type LoginFile } from './kept-logins.ts'

export type { KeptLogin } from './kept-logins.ts'

const largest = 1024 * 1024

/** A file that cannot be read has none. */
export async function findKeptLogins(root: string, registryKeys: readonly string[]): Promise<readonly KeptLogin[]> {
  const found = await Promise.all(
    loginFiles.map(async (file) => loginsFor(registryKeys, file, await textOf(join(root, file.path)))),
  )
  return found.flat()
}

/** In words: what is left, and how to remove it. */
export function adviceFor({ kind, path, name }: KeptLogin): { readonly what: string; readonly fix: string } {
  return {
    what: `${printable(path)} still has a login for ${printable(name)}, which this node's door makes unnecessary`,
    fix: fixes[kind](printable(name), printable(path)),
  }
}

const fixes: Record<LoginFile['kind'], (name: string, path: string) => string> = {
  docker: (name) => `Remove it, as root: docker logout ${name}`,
  podman: (name) => `Remove it, as root: podman logout ${name}`,
  rancher: (name, path) =>
    `Remove \`auth\` of ${name} from ${path}, then restart k3s or RKE2, which reads it at start.`,
  containerd: (name, path) =>
    `Remove registry.configs."${name}".auth from ${path}, then restart the containerd that reads it.`,
}

async function textOf(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const stat = await file.stat()
    return stat.isFile() && stat.size <= largest ? await file.readFile('utf8') : ''
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}
