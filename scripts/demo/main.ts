/** `npm run demo`, once everything is installed: the stage, the story, and the end of both. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TaskBoard } from '../setup/task-board.mjs'
import { meetTheVillain, prepareCloud, runCluster, type Played } from './chapters/with-fairlead.ts'
import { openDoor } from './chapters/open-door.ts'
import { theProof } from './chapters/proof.ts'
import { runRayTask } from './chapters/ray-task.ts'
import { theUsualWay } from './chapters/usual-way.ts'
import { theWrongSecret } from './chapters/wrong-secret.ts'
import { whatNext } from './chapters/what-next.ts'
import { Fairlead } from './fairlead.ts'
import { publishImage, rayVersionIn } from './image.ts'
import { Narrator } from './narrator.ts'
import { parseOptions, type DemoOptions } from './options.mjs'
import { buildStage, type Stage } from './stage.ts'

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd())
  const started = Number(process.env['FAIRLEAD_DEMO_STARTED'] ?? Date.now())
  const narrator = new Narrator()
  const stack = new AsyncDisposableStack()
  const interrupted = untilSignal()
  try {
    const told = await Promise.race([tell(options, narrator, stack, started), interrupted])
    if (told === 'told' && !options.exit) await interrupted
    if (told !== 'told') {
      narrator.mute()
      return 130
    }
  } finally {
    narrator.line('')
    await new TaskBoard().run('cleaning up', () => stack.disposeAsync())
  }
  return narrator.surprises === 0 ? 0 : 1
}

async function tell(
  options: DemoOptions,
  narrator: Narrator,
  stack: AsyncDisposableStack,
  started: number,
): Promise<'told'> {
  const board = new TaskBoard()
  const stage = await board.run('registry, AWS, machines', () => buildStage(stack))
  const registry = { url: `https://${stage.network.hostAddress}:${stage.registry.port}`, caPem: stage.ca.caPem }
  const { login, laptop } = stage
  const image = await board.run('image into the registry', (tell) =>
    publishImage({ image: options.image, registry, host: stage.registry.host, login, laptop }, tell),
  )
  await theUsualWay(stage, image, narrator)
  const rayVersion = await rayVersionIn(image, laptop)

  const user = await userOf(stage)
  const fairlead = new Fairlead(narrator, { cwd: stage.desk, env: user.env })
  const played: Played = { stage, fairlead, narrator }
  const nodes = await prepareCloud(played)
  await runCluster(played, image, rayVersion, nodes)
  await runRayTask(stage.nodes, narrator)
  await fairlead.type('pulls', 'list')
  await meetTheVillain(played)
  await theWrongSecret(played, image, rayVersion)
  const [first] = nodes
  if (first !== undefined) await openDoor(played, image, first)
  await theProof(played, nodes)
  whatNext(stage, user, narrator, !options.exit)
  narrator.say(
    `${((Date.now() - started) / 1000).toFixed(0)} s in all${narrator.surprises > 0 ? `, and ${narrator.surprises} things were not as expected` : ''}.`,
  )
  return 'told'
}

/** The user who types `fairlead` in the story, and what another terminal must set to be the same user. */
async function userOf(
  stage: Stage,
): Promise<{ env: Record<string, string>; shown: Record<string, string>; tokenFile: string }> {
  const { origin, caFile, adminToken } = stage.serve
  const tokenFile = join(stage.desk, 'token')
  await writeFile(tokenFile, adminToken, { mode: 0o600 })
  const reach = { FAIRLEAD_HOST: origin, ...(caFile !== null && { FAIRLEAD_CA_FILE: caFile }) }
  return {
    env: { ...reach, FAIRLEAD_TOKEN: adminToken, XDG_CONFIG_HOME: stage.desk },
    shown: { ...reach, FAIRLEAD_TOKEN: `$(cat ${tokenFile})` },
    tokenFile,
  }
}

/** Ctrl-C, or the end of the terminal or of the machine. */
function untilSignal(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('interrupted'))
  })
}

main().then(
  (status) => {
    // Work that an interrupted story still waits for must not keep the process running.
    process.exit(status)
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  },
)
