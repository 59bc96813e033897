/** The image's base: a minimal Debian with Python, made with debootstrap and trimmed to what runs. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RayRecipe } from './recipe.ts'
import { runToEnd } from '../../run-to-end.ts'

/** Where Debian's Python looks for packages that the machine's owner installs, and where their programs go. */
export const siteFolder = { packages: 'usr/local/lib/python3.11/dist-packages', programs: 'usr/local/bin' }

export async function makeRootFilesystem(
  recipe: RayRecipe,
  root: string,
  tell: (fraction: number) => void,
): Promise<void> {
  let lines = 0
  const include = ['python3', ...(recipe.packages ?? [])].join(',')
  const bootstrap = ['--variant=minbase', `--arch=${recipe.architecture}`, `--include=${include}`, recipe.debian, root]
  // Separate mount and process namespaces: debootstrap mounts /proc inside, and none of that outlives it.
  const isolated = ['--mount', '--pid', '--fork', '--kill-child=KILL', 'debootstrap', ...bootstrap]
  await runToEnd('unshare', isolated, { onLine: () => tell(++lines / expectedLines) })
  tell(1)
}

/** About as many lines as debootstrap prints for these packages. */
const expectedLines = 535

/** Package leftovers, documentation and other languages; then the machine's own name and resolver, which debootstrap copies in. */
export async function trimRootFilesystem(root: string): Promise<void> {
  const emptied = [
    'var/cache/apt',
    'var/lib/apt/lists',
    'var/log',
    'tmp',
    'run',
    'usr/share/doc',
    'usr/share/man',
    'usr/share/info',
    'usr/share/locale',
    'usr/share/lintian',
    siteFolder.programs,
    siteFolder.packages,
  ]
  for (const folder of emptied) {
    await rm(join(root, folder), { recursive: true, force: true })
    await mkdir(join(root, folder), { recursive: true })
  }
  for (const file of await readdir(join(root, 'var/cache/debconf'))) {
    await rm(join(root, 'var/cache/debconf', file))
  }
  for (const file of ['etc/resolv.conf', 'etc/hostname', 'etc/machine-id', 'var/cache/ldconfig/aux-cache']) {
    await rm(join(root, file), { force: true })
  }
  await writeFile(join(root, 'etc/hostname'), 'localhost\n')
  await rm(join(root, siteFolder.packages), { recursive: true })
  await rm(join(root, siteFolder.programs), { recursive: true })
}

/** Bytecode that is valid whatever the file's time: layers carry one fixed time. */
export async function compilePython(root: string): Promise<void> {
  const folders = ['/usr/lib/python3', '/usr/lib/python3.11', `/${siteFolder.packages}`]
  const compile = ['-m', 'compileall', '-q', '-f', '--invalidation-mode', 'unchecked-hash', ...folders]
  await runToEnd('chroot', [root, '/usr/bin/python3', ...compile])
}
