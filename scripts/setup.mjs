/**
 * Prepares a bare clone for the demo and the tests: npm packages, system packages, moto, the Ray image.
 * Plain JavaScript for Node >= 20 without node_modules. What already exists is left untouched.
 */
import { pathToFileURL } from 'node:url'
import {
  makeActionlint,
  makeConsole,
  makeGoPrograms,
  makeKubernetesPrograms,
  makeMoto,
  makeNodeArm64,
  makeProgram,
  makeRayImage,
  makeSchemathesis,
  needed,
} from './setup/cached-parts.mjs'
import { agreed } from './setup/consent.mjs'
import { CannotSetUp, hasCommand, isRoot, refuseOtherSystems } from './setup/machine.mjs'
import { installNpmPackages, npmIsNeeded, siteFolder } from './setup/npm-packages.mjs'
import { hasApt, installCommand, installSystemPackages, missingPackages } from './setup/system-packages.mjs'
import { TaskBoard } from './setup/task-board.mjs'

/**
 * @param {object} options
 * @param {boolean} [options.yes] never ask
 * @param {boolean} [options.services] false: npm packages are enough (unit tests)
 * @param {boolean} [options.forTests] false: what the demo needs is enough
 * @param {boolean} [options.rayImage] build the Ray image too
 * @param {boolean} [options.webConsole] build the web console too
 * @param {boolean} [options.schemathesis] install schemathesis too
 * @param {boolean} [options.site] install what builds the documentation site too
 * @param {boolean} [options.nodeArm64] fetch Node for the one-file program of another architecture
 * @param {boolean} [options.program] build the command as it is installed too
 * @param {boolean} [options.engines] build the newest Docker, containerd and a kubelet too
 * @param {boolean} [options.kubernetes] build a Kubernetes too, on those engines
 * @param {boolean} [options.release] get the checker of the workflows that publish, too
 * @returns {Promise<Record<string, string>>} what to add to the environment of the programs that need it
 */
export async function setUp({
  yes = false,
  services = true,
  forTests = true,
  rayImage = services,
  webConsole = services,
  schemathesis = false,
  site = false,
  nodeArm64 = false,
  program = false,
  kubernetes = false,
  engines = kubernetes,
  release = false,
}) {
  refuseOtherSystems()
  if ((engines || release) && !hasCommand('go')) {
    throw new CannotSetUp(
      'Go is needed to build the newest engines, Kubernetes and actionlint, and is not on PATH; go.dev/doc/install says how to get it.',
    )
  }
  const needs = {
    npm: npmIsNeeded(),
    moto: services && needed.moto(),
    schemathesis: schemathesis && needed.schemathesis(),
    site: site && npmIsNeeded(siteFolder),
    nodeArm64: nodeArm64 && needed.nodeArm64(),
    image: rayImage && needed.rayImage(),
    console: webConsole && needed.console(),
    engines: engines && needed.goPrograms(),
    kubernetes: kubernetes && needed.kubernetesPrograms(),
  }
  const missing = services ? missingPackages({ forTests, toBuild: needs.engines || needs.kubernetes }) : []
  tellPlan(missing, needs)
  if (services) refuseWithoutPower(missing)
  const isWork = missing.length > 0 || Object.values(needs).some(Boolean)
  if (isWork && !(await agreed({ yes }))) {
    throw new CannotSetUp('Nothing was installed.')
  }
  const board = new TaskBoard()
  const first = []
  if (needs.npm) first.push(board.run('npm packages', () => installNpmPackages()))
  if (needs.site) first.push(board.run('VitePress (builds the site)', () => installNpmPackages(siteFolder)))
  if (missing.length > 0) first.push(board.run('system packages', () => installSystemPackages(missing)))
  await settled(first)
  const show = makeShown(board)
  /** @type {Record<string, string>} */
  const places = {}
  const second = []
  if (services) {
    second.push(
      show('moto (plays AWS)', needs.moto, async () => {
        places['FAIRLEAD_MOTO_PYTHON'] = await makeMoto()
      }),
    )
  }
  if (schemathesis) {
    second.push(
      show('schemathesis (calls the API)', needs.schemathesis, async () => {
        places['FAIRLEAD_SCHEMATHESIS_PYTHON'] = await makeSchemathesis()
      }),
    )
  }
  if (rayImage) second.push(show('Ray image', needs.image, makeRayImage))
  if (nodeArm64) second.push(show('Node for arm64', needs.nodeArm64, makeNodeArm64))
  const consoleMade = webConsole ? show('web console', needs.console, makeConsole) : Promise.resolve()
  second.push(consoleMade)
  if (program) {
    second.push(
      show('the command, built', false, async () => {
        // It contains the console.
        await consoleMade
        places['FAIRLEAD_PROGRAM'] = await makeProgram()
      }),
    )
  }
  const enginesMade = engines
    ? show('newest engines', needs.engines, async (tell) => {
        places['FAIRLEAD_NEWEST_ENGINES'] = await makeGoPrograms(tell)
      })
    : Promise.resolve()
  second.push(enginesMade)
  if (kubernetes) {
    second.push(
      show('Kubernetes', needs.kubernetes, async (tell) => {
        // Its kubelet is one of the engines: what both are made of is compiled once.
        await enginesMade
        places['FAIRLEAD_KUBERNETES_BIN'] = await makeKubernetesPrograms(tell)
      }),
    )
  }
  if (release) {
    second.push(
      show('actionlint', false, async () => {
        places['FAIRLEAD_ACTIONLINT'] = await makeActionlint()
      }),
    )
  }
  await settled(second)
  return places
}

/**
 * Existing parts only get a check, which is not worth a line.
 * @param {TaskBoard} board
 * @returns {(name: string, isNeeded: boolean, work: (tell: (fraction: number) => void) => Promise<void>) => Promise<void>}
 */
function makeShown(board) {
  return (name, isNeeded, work) => (isNeeded ? board.run(name, work) : work(() => undefined))
}

/**
 * @param {string[]} missing
 * @param {Record<'npm' | 'moto' | 'schemathesis' | 'site' | 'nodeArm64' | 'image' | 'console' | 'engines' | 'kubernetes', boolean>} needs
 */
function tellPlan(missing, needs) {
  const plan = []
  if (needs.npm) plan.push('npm packages of this repository, Node 26 among them, into node_modules/')
  if (missing.length > 0) plan.push(`system packages with apt: ${missing.join(', ')}`)
  if (needs.moto) plan.push('moto from PyPI, which plays AWS Secrets Manager, into .cache/')
  if (needs.site) plan.push('VitePress from npm, which builds the documentation site, into site/node_modules/')
  if (needs.schemathesis) plan.push('schemathesis from PyPI, which tries the API, into .cache/')
  if (needs.nodeArm64) plan.push('Node for arm64 from npm, for the one file of that architecture, into .cache/')
  if (needs.image) plan.push('an image with Debian and Ray, made of their packages, into .cache/ (about a minute)')
  if (needs.console) plan.push('the web console, built of its sources, into packages/console/dist/ (10 seconds)')
  if (needs.engines)
    plan.push(
      'the newest Docker, Compose, containerd and a kubelet, built by Go from source, into .cache/ (8 minutes on 2 cores)',
    )
  if (needs.kubernetes)
    plan.push('a Kubernetes, KubeRay and Helm, built by Go from source, into .cache/ (8 minutes on 2 cores)')
  if (plan.length === 0) return
  console.log('To be installed and made first:')
  for (const line of plan) console.log(`  - ${line}`)
}

/** @param {string[]} missing */
function refuseWithoutPower(missing) {
  if (missing.length > 0 && !(isRoot() && hasApt())) {
    const hint = hasApt()
      ? `sudo ${installCommand(missing)}`
      : "your distribution's equivalents of these Debian packages"
    throw new CannotSetUp(`Missing on this machine: ${missing.join(', ')}.\nInstall them with: ${hint}`)
  }
  if (!isRoot()) {
    throw new CannotSetUp(
      'Root is needed: each node is a Docker Engine in its own network namespace. Run it again with sudo.',
    )
  }
}

/**
 * Waits for all to end before reporting the first failure, so that nothing is left half done.
 * @param {Promise<void>[]} works
 */
async function settled(works) {
  const failure = (await Promise.allSettled(works)).find((result) => result.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

/**
 * The exit status for an error from `setUp`, after it was reported: 2 for what the user must change, 1 for what broke.
 * @param {unknown} error
 */
export function tellFailure(error) {
  console.error(
    error instanceof CannotSetUp ? error.message : `setup: ${error instanceof Error ? error.message : String(error)}`,
  )
  return error instanceof CannotSetUp ? 2 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await setUp({ yes: process.argv.includes('--yes') })
    console.log('Ready.')
  } catch (error) {
    process.exitCode = tellFailure(error)
  }
}
