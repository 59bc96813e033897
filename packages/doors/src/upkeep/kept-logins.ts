/**
 * Logins that other tools keep on a machine, where a door makes them unnecessary: which registries they are for, and nothing else of them. A file
 * that cannot be parsed has none. Pure.
 */
import { parseRegistryHost } from '@fairlead/contract/names'
import { parseDocument } from 'yaml'
import { hostIn } from '../docker-credential/helper-protocol.ts'

/** A file that may have logins, by its format. */
export interface LoginFile {
  readonly kind: 'docker' | 'podman' | 'rancher' | 'containerd'
  readonly path: string
}

/** `docker login` as root, `podman login` as root, k3s, RKE2, and the settings of containerd's CRI plugin. */
export const loginFiles: readonly LoginFile[] = [
  { kind: 'docker', path: '/root/.docker/config.json' },
  { kind: 'podman', path: '/run/containers/0/auth.json' },
  { kind: 'podman', path: '/root/.config/containers/auth.json' },
  { kind: 'rancher', path: '/etc/rancher/k3s/registries.yaml' },
  { kind: 'rancher', path: '/etc/rancher/rke2/registries.yaml' },
  { kind: 'containerd', path: '/etc/containerd/config.toml' },
  // From which k3s and RKE2 write theirs at each start, if they are there.
  ...['k3s', 'rke2'].flatMap((of) =>
    ['config.toml.tmpl', 'config-v3.toml.tmpl'].map((name) => {
      return { kind: 'containerd', path: `/var/lib/rancher/${of}/agent/etc/containerd/${name}` } as const
    }),
  ),
]

export interface KeptLogin extends LoginFile {
  /** As the file spells it. */
  readonly name: string
}

/** The logins in a file for any of these registries, each given by its key. */
export function loginsFor(registryKeys: readonly string[], file: LoginFile, text: string): readonly KeptLogin[] {
  const names = [...new Set(readers[file.kind](text))]
  return names
    .filter((name) => registryKeys.includes(keyOf(name) ?? ''))
    .map((name) => ({ kind: file.kind, path: file.path, name }))
}

const readers: Record<LoginFile['kind'], (text: string) => readonly string[]> = {
  docker: authsIn,
  podman: authsIn,
  rancher: rancherLoginsIn,
  containerd: containerdLoginsIn,
}

/** Docker writes `host`, `host:port` and, for its own registry, `https://index.docker.io/v1/`; podman also `host/path`. */
function keyOf(name: string): string | null {
  return parseRegistryHost(hostIn(name))?.key ?? null
}

function authsIn(text: string): readonly string[] {
  const document = valueOf(() => JSON.parse(text))
  return Object.entries(mapAt(document, 'auths')).flatMap(([name, entry]) => (isEmpty(entry) ? [] : [name]))
}

/** `configs: { HOST: { auth: … } }` */
function rancherLoginsIn(text: string): readonly string[] {
  const document = valueOf(() => parseDocument(text, { prettyErrors: false }).toJS({ maxAliasCount: 100 }))
  const configs = Object.entries(mapAt(document, 'configs'))
  return configs.flatMap(([name, entry]) => (isEmpty(mapAt(entry, 'auth')) ? [] : [name]))
}

const table =
  /^\s*\[\s*plugins\..*registry\s*\.\s*configs\s*\.\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*(?:\.\s*(\w+)\s*)?\]/

/** `[plugins."…".registry.configs."HOST".auth]`, or `auth` in the table of HOST. */
function containerdLoginsIn(text: string): readonly string[] {
  const found: string[] = []
  let within: string | null = null
  for (const line of text.split('\n')) {
    if (/^\s*\[/.test(line)) {
      const [, double, single, bare, part] = table.exec(line) ?? []
      const name = double ?? single ?? bare ?? null
      if (name !== null && part === 'auth') found.push(name)
      within = part === undefined ? name : null
    } else if (within !== null && /^\s*auth\s*[.=]/.test(line)) found.push(within)
  }
  return found
}

function valueOf(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return null
  }
}

function mapAt(value: unknown, key: string): object {
  const found: unknown = typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : null
  return typeof found === 'object' && found !== null ? found : {}
}

/** What `docker login` leaves where a credential helper has the login. */
const isEmpty = (entry: unknown): boolean =>
  typeof entry !== 'object' || entry === null || Object.keys(entry).length === 0
