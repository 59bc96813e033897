/** Which npm packages a program contains, as package-lock.json says: everything that it requires, directly or not. Pure. */

export interface LockedPackage {
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  /** A workspace: the folder that has its own entry. */
  readonly link?: true
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

export type Locked = Readonly<Record<string, LockedPackage>>

export interface ProductionPackage {
  readonly name: string
  readonly version: string
  readonly license: string | null
  readonly integrity: string | null
  /** Its folder, from the root of the repository. */
  readonly path: string
}

/** `roots` are folders of workspaces. Sorted by path; the workspaces themselves are left out. */
export function productionPackages(locked: Locked, roots: readonly string[]): readonly ProductionPackage[] {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    for (const name of requiredBy(locked[path] ?? {})) {
      const found = resolveFrom(locked, path, name)
      // Optional ones may be for other machines.
      if (found !== null) visit(found)
    }
  }
  for (const root of roots) visit(root)
  return [...reached]
    .filter((path) => path.includes('node_modules/'))
    .sort()
    .map((path) => {
      const { version = '', license = null, integrity = null } = locked[path] ?? {}
      return { name: path.replace(/^.*node_modules\//, ''), version, license, integrity, path }
    })
}

function requiredBy({
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}: LockedPackage): readonly string[] {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers]
}

/** As Node resolves it: in the package's own node_modules, then in those of the folders above. */
function resolveFrom(locked: Locked, path: string, name: string): string | null {
  for (let folder = path; ; folder = folder.replace(/\/?[^/]*$/, '')) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    const found = locked[place]
    if (found !== undefined) return found.link ? (found.resolved ?? place) : place
    if (folder === '') return null
  }
}
