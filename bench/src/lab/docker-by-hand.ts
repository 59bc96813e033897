/** What a person types: `docker login`, `docker pull`, `docker run`, each with the time at which it finished. */
import type { Machine } from '@fairlead/testkit'
import type { Lab } from './lab.ts'

const now = 'date +%s%3N'
const script = {
  pull: `docker login -u "$LOGIN" --password-stdin "$REGISTRY" >/dev/null && ${now} && docker pull "$IMAGE" >/dev/null && ${now}`,
  run: `docker run -d --network host --shm-size 1g "$IMAGE" ray start --head --disable-usage-stats --block`,
}

export interface PulledByHand {
  readonly loginMs: number
  readonly pullMs: number
  readonly wallMs: number
}

export interface RunByHand extends PulledByHand {
  readonly container: string
  /** When the first command was typed, in Unix milliseconds. */
  readonly typedAt: number
  /** When the pull finished. */
  readonly pulledAt: number
}

export async function loginAndPull(machine: Machine, lab: Lab): Promise<PulledByHand> {
  const before = performance.now()
  const { typedAt, loggedInAt, pulledAt } = await type(machine, lab, script.pull)
  const wallMs = performance.now() - before
  return { loginMs: loggedInAt - typedAt, pullMs: pulledAt - loggedInAt, wallMs }
}

export async function loginPullAndRun(machine: Machine, lab: Lab): Promise<RunByHand> {
  const before = performance.now()
  const { typedAt, loggedInAt, pulledAt, rest } = await type(machine, lab, `${script.pull} && ${script.run}`)
  const wallMs = performance.now() - before
  const container = rest[0] ?? ''
  return { loginMs: loggedInAt - typedAt, pullMs: pulledAt - loggedInAt, wallMs, container, typedAt, pulledAt }
}

async function type(machine: Machine, { image, registry, login }: Lab, commands: string) {
  const typedAt = Date.now()
  const output = await machine.mustExec('sh', ['-c', commands], {
    input: login.password,
    env: { LOGIN: login.username, REGISTRY: registry.host, IMAGE: image.reference },
    timeoutMs: 600_000,
  })
  const [loggedInAt, pulledAt, ...rest] = output.trim().split('\n')
  return { typedAt, loggedInAt: Number(loggedInAt), pulledAt: Number(pulledAt), rest }
}
