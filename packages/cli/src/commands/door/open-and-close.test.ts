/** Opening and closing doors on a machine whose engines and agent are scripted; its files are real. */
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isProblem, problem } from '@fairlead/contract/problems'
import type { FoundEngine } from '@fairlead/doors/engines/engine-door'
import type { Probed } from '@fairlead/doors/upkeep/door-machine'
import { keepLoadedPolicy, loadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import { parseNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { isAtFault, lookAtDoors, problemOf } from '@fairlead/doors/upkeep/look-at-doors'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'
import { closeDoorsAt } from './close-doors.ts'
import type { DoorPlace } from './door-place.ts'
import { keepDoorsAt } from './keep-doors.ts'
import { printOpened } from './open.ts'
import { openDoorsAt, type OpenOptions } from './open-doors.ts'

const docker: FoundEngine = {
  engine: 'docker',
  name: 'Docker 29.1.3',
  folder: '/etc/docker/certs.d',
  way: '',
  doubt: null,
}
const containerd: FoundEngine = {
  engine: 'containerd',
  name: 'containerd 2.1.9',
  folder: '/etc/containerd/certs.d',
  way: '',
  doubt: 'its configuration names no folder',
}
const host = 'r.example.com'

let shell: ScriptedShell
let engines: FoundEngine[]
/** What engines say, by name; an engine that is not named asks the door if its file is there. */
let said: Map<string, Probed>
let agentRuns: boolean
let unfit: unknown[]

beforeEach(() => {
  shell = new ScriptedShell()
  engines = [docker]
  said = new Map()
  agentRuns = true
  unfit = []
})
afterEach(() => shell[Symbol.dispose]())

const at = (path: string): string => join(shell.folder, path)
const fileOf = ({ folder }: FoundEngine, registry = host): string => `${folder}/${registry}/hosts.toml`
const policyFile = '/etc/fairlead/policy.yaml'
const policy = (): string => readFileSync(at(policyFile), 'utf8')
const read = (path: string): string | null => (existsSync(at(path)) ? readFileSync(at(path), 'utf8') : null)
function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
  chmodSync(at(path), mode)
}

function place(): DoorPlace {
  const find = async () => ({ found: engines, unfit: unfit as [] })
  return {
    machine: {
      places: { root: shell.folder, isRunning: true, dockerSocket: '/docker.sock' },
      findEngines: find,
      findInstalled: find,
      filesFor: (registry, { port }, engine) => [
        {
          path: fileOf(engine, registry),
          text: `# Written by fairlead for its door; \`fairlead door close ${registry}\` removes it.\nport = ${port}\n`,
        },
      ],
      probe: async (registry, _mirror, engine) => {
        const script = said.get(engine.name)
        if (script !== undefined) return script
        return { verdict: read(fileOf(engine, registry)) === null ? 'bypassed' : 'answered', words: '' }
      },
      askMirror: async ({ registry }) => agentRuns && policy().includes(registry),
    },
    isRoot: true,
    policyFile: at(policyFile),
    stateDir: '/var/lib/fairlead',
    engine: null,
    agentWithinSeconds: 0,
  }
}

const outcome = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (isProblem(error)) return error.code
      throw error
    },
  )

function open(doors: Record<string, string | undefined>, options: OpenOptions = {}) {
  const { context, written } = shell.context()
  const wanted = Object.entries(doors).map(([name, secret]) => ({ place: name, secret }))
  return { ran: outcome(openDoorsAt(place(), wanted, options, context)), written }
}

const close = (doors: readonly string[] | null) => closeDoorsAt(place(), doors, {}, shell.context().context)

describe('fairlead door open', () => {
  test('writes the owner’s file and the engine’s, and the engine shows that it asks the door', async () => {
    expect(await open({ [host]: 'login' }).ran).toBe('done')
    expect(policy()).toContain(`doors:\n  ${host}: login\n`)
    expect(policy()).toContain('# What is in force: fairlead doctor\n')
    expect(read(fileOf(docker))).toContain('port = 7464')
    expect([policyFile, fileOf(docker)].map((path) => statSync(at(path)).mode & 0o777)).toEqual([0o644, 0o644])
  })

  test('says next how to pull from the registry that was opened, not from one that was open before', async () => {
    await open({ [host]: 'login' }).ran
    const { context, written } = shell.context()
    const wanted = [{ place: 'second.example.com/team', secret: 'other' }]
    printOpened(context, await openDoorsAt(place(), wanted, { allow: true }, context), {})
    expect(written().stdout).toContain('next:  docker pull second.example.com/REPOSITORY:TAG\n')
  })

  test('changes nothing the second time, not even a byte', async () => {
    await open({ [host]: 'login' }).ran
    const before = [policyFile, fileOf(docker)].map((path) => statSync(at(path)).ino)
    for (const doors of [{ [host]: 'login' }, {}]) expect(await open(doors).ran).toBe('done')
    expect([policyFile, fileOf(docker)].map((path) => statSync(at(path)).ino)).toEqual(before)
  })

  test('keeps the mode of the owner’s file, and a link if it is one', async () => {
    put('/srv/policy.yaml', 'allowed_registries: [r.example.com]\n', 0o600)
    mkdirSync(at('/etc/fairlead'), { recursive: true })
    symlinkSync(at('/srv/policy.yaml'), at(policyFile))
    const umask = process.umask(0o077)
    try {
      expect(await open({ [host]: 'login' }).ran).toBe('done')
    } finally {
      process.umask(umask)
    }
    expect(read('/srv/policy.yaml')).toContain('doors:')
    expect(statSync(at('/srv/policy.yaml')).mode & 0o777).toBe(0o600)
  })

  test('repairs a file that was changed or removed', async () => {
    await open({ [host]: 'login' }).ran
    const whole = read(fileOf(docker))
    put(fileOf(docker), `${whole}# changed\n`)
    expect(await open({}).ran).toBe('done')
    expect(read(fileOf(docker))).toBe(whole)
    expect(existsSync(at(`${fileOf(docker)}.before-fairlead`))).toBe(false)
  })

  test('follows what the owner’s file says now: a door that was removed by hand leaves no file', async () => {
    await open({ [host]: 'login', 'ghcr.io': undefined }).ran
    put(policyFile, `allowed_registries: [${host}, ghcr.io]\ndoors: { ghcr.io: null }\ndoor_port: 7777\n`)
    expect(await open({}).ran).toBe('done')
    expect(read(fileOf(docker))).toBeNull()
    expect(read(fileOf(docker, 'ghcr.io'))).toContain('port = 7777')
  })

  test('shows with --dry-run what it would do, and does nothing', async () => {
    const { ran, written } = open({ [host]: 'login' }, { dryRun: true })
    expect(await ran).toBe('done')
    expect(written().stdout).toContain(`${at(fileOf(docker))} (0644)`)
    expect([read(policyFile), read(fileOf(docker))]).toEqual([null, null])
  })

  test('refuses an engine that bypasses the door, takes its files back and closes the door again', async () => {
    put(fileOf(docker), 'theirs')
    put(policyFile, `allowed_registries: [${host}]\n`)
    said.set(docker.name, { verdict: 'bypassed', words: 'no such host' })
    const { ran, written } = open({ [host]: 'login' })
    expect(await ran).toBe('DOOR_BYPASSED')
    expect(written().stderr).toContain('Docker 29.1.3 on r.example.com: no such host')
    expect(read(fileOf(docker))).toBe('theirs')
    expect(policy()).toBe(`allowed_registries: [${host}]\n`)
  })

  test('is content with the engine that asks the door, and warns of the other, as a look at the doors then does', async () => {
    engines = [docker, containerd]
    said.set(containerd.name, { verdict: 'bypassed', words: 'no such host' })
    const shown = shell.context()
    const opened = await openDoorsAt(place(), [{ place: host, secret: 'login' }], {}, shown.context)
    expect(opened.open.map(({ engine }) => engine.name)).toEqual([docker.name])
    const [shut] = opened.shut
    expect(shut).toMatchObject({ code: 'DOOR_BYPASSED', facts: { name: containerd.name, reason: containerd.doubt } })
    expect(opened.warnings).toEqual([{ code: shut?.code, what: shut?.what, fix: shut?.fix }])
    expect(shown.written().stderr).toContain('containerd 2.1.9 on r.example.com: no such host')
    expect([read(fileOf(docker)), read(fileOf(containerd))]).toEqual([expect.any(String), null])
    expect(policy()).toContain(`${host}: login`)

    const look = { machine: place().machine, mirror: { port: 7464, stateDir: '' }, canProbe: () => true }
    const seen = await lookAtDoors([host], engines, look, new AbortController().signal)
    expect(seen.map(isAtFault)).toEqual([false, false])
    expect(problemOf(seen[1]!)).toEqual(shut)
  })

  test('refuses that engine if it is the only one that was chosen', async () => {
    engines = [docker]
    await open({ [host]: 'login' }).ran
    engines = [containerd]
    said.set(containerd.name, { verdict: 'bypassed', words: '' })
    expect(await open({ [host]: 'login' }).ran).toBe('DOOR_BYPASSED')
    const look = { machine: place().machine, mirror: { port: 7464, stateDir: '' }, canProbe: () => true }
    const [seen] = await lookAtDoors([host], engines, look, new AbortController().signal)
    expect([isAtFault(seen!), problemOf(seen!).code]).toEqual([true, 'DOOR_BYPASSED'])
  })

  test('says that a running agent must be restarted for what it may pull itself, unless it has the list already', async () => {
    put(policyFile, 'allowed_registries: [ghcr.io]\n')
    const loads = (text: string) => {
      const inForce = { file: at(policyFile), policy: parseNodePolicy(text, ''), given: [] }
      return keepLoadedPolicy(at('/var/lib/fairlead'), loadedPolicy(inForce))
    }
    await loads(policy())
    const warned = async () => {
      const opened = await openDoorsAt(
        place(),
        [{ place: host, secret: 'login' }],
        { allow: true },
        shell.context().context,
      )
      return opened.warnings.map(({ code, fix }) => `${code} ${fix}`)
    }
    const expected = 'POLICY_NOT_LOADED Restart the agent; containers keep running: systemctl restart fairlead-agent'
    expect(await warned()).toEqual([expected])
    await loads(policy())
    expect(await warned()).toEqual([])
  })

  test('keeps the files of an engine that reads them only when it starts, and says so', async () => {
    engines = [{ ...containerd, name: 'CRI-O 1.30', doubt: 'restart it: systemctl restart crio', readsAtStart: true }]
    said.set('CRI-O 1.30', { verdict: 'bypassed', words: '' })
    expect(await open({ [host]: 'login' }).ran).toBe('DOOR_BYPASSED')
    expect(read(fileOf(containerd))).not.toBeNull()
    expect(policy()).toContain(`${host}: login`)
  })

  test('leaves files that were in place before, whatever the engine says now: without them it would ask the registry', async () => {
    await open({ [host]: 'login' }).ran
    said.set(docker.name, { verdict: 'unanswered', words: 'the engine is down' })
    expect(await open({}).ran).toBe('DOOR_UNANSWERED')
    expect(read(fileOf(docker))).not.toBeNull()
    expect(policy()).toContain(`${host}: login`)
  })

  test.each([['unanswered'], ['bypassed']] as const)(
    'never takes back a file that was a door’s before, not even one that it had to write again (%s)',
    async (verdict) => {
      await open({ [host]: 'login' }).ran
      put(policyFile, `${policy()}door_port: 7777\n`)
      said.set(docker.name, { verdict, words: '' })
      expect(await open({}).ran).not.toBe('done')
      expect(read(fileOf(docker))).toContain('port = 7777')
      expect(policy()).toContain(`${host}: login`)
    },
  )

  test('leaves the files of an engine that gets no answer: the door is closed, not passed', async () => {
    said.set(docker.name, { verdict: 'unanswered', words: 'connection refused' })
    expect(await open({ [host]: 'login' }).ran).toBe('DOOR_UNANSWERED')
    expect(read(fileOf(docker))).not.toBeNull()
    expect(policy()).toContain(`${host}: login`)
  })

  test('does not call an engine that is broken one that bypasses its door, nor the door open', async () => {
    const failure = problem('DOOR_ENGINE_FAILED', { name: docker.name, registry: host, reason: 'its disk is full' })
    said.set(docker.name, { verdict: 'failed', words: 'write /var/lib/x: no space left on device', failure })
    const { ran, written } = open({ [host]: 'login' })
    expect(await ran).toBe('DOOR_ENGINE_FAILED')
    expect(written().stderr).toContain('Docker 29.1.3 on r.example.com: write /var/lib/x: no space left on device')
    expect(written().stdout).not.toContain('open')
    expect(read(fileOf(docker))).not.toBeNull()
    expect(policy()).toContain(`${host}: login`)
  })

  test('touches no engine while no agent serves the door', async () => {
    agentRuns = false
    expect(await open({ [host]: 'login' }).ran).toBe('DOOR_NOT_ANSWERING')
    expect(read(fileOf(docker))).toBeNull()
    // For the agent, which makes its keys once the file has a door.
    expect(policy()).toContain(`${host}: login`)
  })

  test.each<[string, () => void, string]>([
    ['no engine', () => (engines = []), 'DOOR_NO_ENGINE'],
    [
      'an engine that is too old',
      () => {
        engines = []
        unfit = [{ engine: 'docker', problem: problem('DOOR_ENGINE_STORE') }]
      },
      'DOOR_ENGINE_STORE',
    ],
    [
      'settings without a list of registries',
      () => put(policyFile, 'share_logs: true\n'),
      'DOOR_NEEDS_ALLOWED_REGISTRIES',
    ],
    ['a file that others can write', () => put(policyFile, '', 0o666), 'POLICY_UNSAFE'],
  ])('on a machine with %s changes nothing', async (_, given, code) => {
    given()
    const before = read(policyFile)
    expect(await open({ [host]: 'login' }).ran).toBe(code)
    expect([read(policyFile), read(fileOf(docker))]).toEqual([before, null])
  })

  test('reports the engine that cannot use a door, and a login that is left, next to the one that can', async () => {
    unfit = [{ engine: 'docker', problem: problem('DOOR_ENGINE_STORE') }]
    engines = [containerd]
    put('/root/.docker/config.json', JSON.stringify({ auths: { [host]: { auth: 'Y2FuYXJ5' } } }))
    const opened = await openDoorsAt(place(), [{ place: host, secret: 'login' }], {}, shell.context().context)
    expect(opened.warnings.map(({ code, fix }) => `${code} ${fix}`)).toEqual([
      expect.stringMatching(/^DOOR_ENGINE_STORE Set .*containerd-snapshotter/),
      `DOOR_LOGIN_LEFT Remove it, as root: docker logout ${host}`,
    ])
    expect(opened.warnings[0]?.what).toContain('takes 0.8 through a door on Docker 29')
  })
})

describe('fairlead agent run --keep-doors', () => {
  test('fails, without a word, with a door that one engine bypasses, although the other asks it', async () => {
    engines = [docker, containerd]
    put(policyFile, `allowed_registries: [${host}]\ndoors: { ${host}: login }\n`)
    said.set(containerd.name, { verdict: 'bypassed', words: 'no such host' })
    const { context, written } = shell.context()
    expect(await outcome(keepDoorsAt(place(), context))).toBe('DOOR_BYPASSED')
    expect([read(fileOf(docker)), read(fileOf(containerd))]).toEqual([expect.any(String), null])
    said.clear()
    expect(await outcome(keepDoorsAt(place(), context))).toBe('done')
    expect(written()).toEqual({ stdout: '', stderr: '' })
  })
})

describe('fairlead door close', () => {
  test('puts back what was there before', async () => {
    put(fileOf(docker), 'theirs')
    await open({ [host]: 'login' }).ran
    expect(read(`${fileOf(docker)}.before-fairlead`)).toBe('theirs')
    await close([host])
    expect(read(fileOf(docker))).toBe('theirs')
    expect(existsSync(at(`${fileOf(docker)}.before-fairlead`))).toBe(false)
    expect(policy()).toContain('doors: {}')
  })

  test('leaves nothing of a door that had a folder of its own', async () => {
    await open({ [host]: 'login' }).ran
    await close([host])
    expect(existsSync(at(dirname(fileOf(docker))))).toBe(false)
    expect(existsSync(at(docker.folder))).toBe(true)
  })

  test('keeps the files while another door of that registry is left', async () => {
    await open({ [host]: 'login', [`${host}/research`]: 'other' }).ran
    expect(await close([host])).toMatchObject({ stillOpen: [host] })
    expect(read(fileOf(docker))).not.toBeNull()
    await close([`${host}/research`])
    expect(read(fileOf(docker))).toBeNull()
  })

  test('closes all of them, and leaves files of somebody else alone', async () => {
    put(fileOf(docker, 'other.example.com'), 'theirs')
    await open({ [host]: 'login', 'ghcr.io': undefined }).ran
    await close(null)
    expect([read(fileOf(docker)), read(fileOf(docker, 'ghcr.io'))]).toEqual([null, null])
    expect(read(fileOf(docker, 'other.example.com'))).toBe('theirs')
  })

  test('needs no valid file: the engine is freed, and the file’s problem is reported', async () => {
    await open({ [host]: 'login' }).ran
    put(policyFile, 'doors: [\n')
    expect((await close([host])).unedited).toMatchObject({ code: 'POLICY_INVALID' })
    expect(read(fileOf(docker))).toBeNull()
    expect(policy()).toBe('doors: [\n')
  })

  test('of a part of a registry needs a valid file, since it would free the engine of the other parts, too', async () => {
    await open({ [host]: 'login', [`${host}/research`]: 'other' }).ran
    put(policyFile, 'doors: [\n')
    const before = read(fileOf(docker))
    for (const places of [[`${host}/research`], ['ghcr.io', `${host}/research`]]) {
      expect(await outcome(close(places))).toBe('POLICY_INVALID')
    }
    expect(read(fileOf(docker))).toBe(before)
    await close(null)
    expect(read(fileOf(docker))).toBeNull()
  })

  test('finds the file where the registry’s folder is a link', async () => {
    mkdirSync(at('/srv/registry'), { recursive: true })
    mkdirSync(at(docker.folder), { recursive: true })
    symlinkSync('../../../srv/registry', at(dirname(fileOf(docker))))
    await open({ [host]: 'login' }).ran
    expect(read('/srv/registry/hosts.toml')).not.toBeNull()
    await close([host])
    expect(read('/srv/registry/hosts.toml')).toBeNull()
  })

  test('needs no engine that answers', async () => {
    await open({ [host]: 'login' }).ran
    const down = place()
    const { findInstalled } = down.machine
    const machine = { ...down.machine, findEngines: () => Promise.reject(new Error('down')), findInstalled }
    await closeDoorsAt({ ...down, machine }, [host], {}, shell.context().context)
    expect(read(fileOf(docker))).toBeNull()
  })

  test('of a door that is not there changes nothing', async () => {
    await open({ [host]: 'login' }).ran
    const before = policy()
    expect((await close(['ghcr.io'])).changes).toMatchObject([{ change: 'kept' }])
    expect([policy(), read(fileOf(docker)) === null]).toEqual([before, false])
  })
})
