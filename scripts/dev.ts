/**
 * `npm run dev`: a control plane, a private registry, two nodes and the console, all from the sources. A saved file reloads the console,
 * or restarts the processes that run it; what they know stays.
 */
import { readFileSync, watch } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { basicRegistry, fakeRay, newFolder, secretFiles, startFairleadServe, startWorld } from '@fairlead/testkit'
import { createServer } from 'vite'
import { TaskBoard } from './setup/task-board.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const nodeNames = ['one', 'two'] as const

/** Whose sources, when saved, restart which processes. */
const restartsControlPlane = ['contract', 'control-plane']
const restartsAgents = ['contract', 'credential-path', 'doors', 'agent']

async function dev(): Promise<void> {
  const ended = untilSignal()
  const board = new TaskBoard()
  await using stack = new AsyncDisposableStack()
  const world = stack.use(
    await board.run('registry, control plane, two nodes', () =>
      startWorld({
        registry: basicRegistry,
        secrets: secretFiles,
        image: fakeRay(),
        serve: startFairleadServe,
        nodes: nodeNames,
      }),
    ),
  )
  await board.run('a cluster environment', () => world.build('example'))
  const { host, token, caFile } = world.access
  const ca = caFile === null ? undefined : readFileSync(caFile)
  const pages = await createServer({
    root: join(root, 'packages', 'console'),
    configFile: join(root, 'packages', 'console', 'vite.config.ts'),
    server: { host: '127.0.0.1', proxy: { '/api': { target: host, changeOrigin: true, agent: new Agent({ ca }) } } },
  })
  stack.defer(() => pages.close())
  await pages.listen()

  const restart = oneAtATime(board)
  for (const name of new Set([...restartsControlPlane, ...restartsAgents])) {
    const watcher = watch(join(root, 'packages', name, 'src'), { recursive: true }, (_event, file) => {
      if (file === null || file.endsWith('.test.ts')) return
      if (restartsControlPlane.includes(name)) restart('control plane', () => world.serve.restart())
      if (restartsAgents.includes(name)) {
        for (const [index, node] of world.nodes.entries())
          restart(`agent ${nodeNames[index]}`, () => node.agent.restart())
      }
    })
    stack.defer(() => watcher.close())
  }

  const tokenFile = join(newFolder('dev'), 'token')
  await writeFile(tokenFile, token, { mode: 0o600 })
  console.log(`
The console   ${pages.resolvedUrls?.local[0] ?? ''}
The token     ${token}
The command   export FAIRLEAD_HOST=${host} FAIRLEAD_CA_FILE=${caFile} FAIRLEAD_TOKEN=$(cat ${tokenFile})
              npx --no-install fairlead cluster start -n mine --env example --workers 1
The image     ${world.image.reference}

A saved file reloads the console or restarts the processes that run it. Ctrl-C ends everything.
`)
  await ended
  await board.run('cleaning up', () => stack.disposeAsync())
}

/** Several files are often saved at once: each process restarts a moment after the last one, and never twice at a time. */
function oneAtATime(board: TaskBoard): (what: string, work: () => Promise<void>) => void {
  const waiting = new Map<string, NodeJS.Timeout>()
  let last = Promise.resolve()
  return (what, work) => {
    clearTimeout(waiting.get(what))
    const soon = setTimeout(() => {
      last = last.then(() =>
        board.run(`${what} restarts`, work).catch((error: unknown) => {
          console.error(error instanceof Error ? error.message : error)
        }),
      )
    }, 200)
    waiting.set(what, soon)
  }
}

/** Ctrl-C, or the end of the terminal or of the machine. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
}

await dev()
process.exit(0)
