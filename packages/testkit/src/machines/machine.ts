/**
 * A test machine: its own network, processes, host name, `/etc`, `/run` and `/var/lib`, and this host's file system
 * for the rest. What is written to `/etc` or `/var/lib` there stays there.
 */
import { constants } from 'node:fs'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeCgroups, removeTree } from './cgroups.ts'
import { mustRun, runCommand, type CommandOptions, type CommandResult } from '../command.ts'
import { eventually } from '../deadline.ts'
import { startEngine, type EngineOptions, type TestEngine } from './engine.ts'
import { holdNamespaces } from './namespaces.ts'
import { newFolder, runFolder } from '../run-folder.ts'
import { startService, type Service } from '../service.ts'
import { engineUnit, systemdCgroup, systemdSetup } from './systemd-root.ts'

export interface MachineProcessOptions {
  env?: Record<string, string>
  stdin?: string
  logFile?: string
  cwd?: string
  graceMs?: number
}

export interface MachineOptions {
  /** Its first process; one that only waits when absent. */
  readonly init?: 'systemd'
}

export interface Machine extends AsyncDisposable {
  readonly name: string
  readonly address: string
  /** Its network namespace, for `nsenter --net=…`. */
  readonly netns: string
  /** Its first process; all others end with it. */
  readonly holderPid: number
  /** The folder on this host that holds all of it. */
  readonly dir: string
  /** Its `/etc/fairlead`. */
  readonly etcDir: string
  /** Its `/var/lib/fairlead`. */
  readonly stateDir: string
  /** Its `/run`. */
  readonly runDir: string
  /** Its `/etc/docker`, in which `certs.d/HOST:PORT/ca.crt` is trusted. */
  readonly dockerEtcDir: string
  /** Its home folder, where `docker login` writes its files. */
  readonly homeDir: string
  readonly spawn: (command: string, args: readonly string[], options?: MachineProcessOptions) => Service
  readonly exec: (command: string, args: readonly string[], options?: CommandOptions) => Promise<CommandResult>
  /** As above, for a command that must succeed: returns its standard output. */
  readonly mustExec: (command: string, args: readonly string[], options?: CommandOptions) => Promise<string>
  readonly startEngine: (options?: EngineOptions) => Promise<TestEngine>
  /** Adds names to its `/etc/hosts`. */
  readonly writeHosts: (addresses: Record<string, string>) => Promise<void>
  readonly stop: () => Promise<void>
}

// Docker's command asks the first helper that it finds on its PATH for each login; few test machines have one that works.
const hideCredentialHelpers = `
for helper in /usr/sbin/docker-credential-* /usr/bin/docker-credential-* /sbin/docker-credential-* /bin/docker-credential-*; do
  [ ! -e "$helper" ] || mount --bind /dev/null "$helper"
done`

// Docker's data must not be on an overlay, so it gets a separate folder; so does everything that a test wants to inspect.
const setup = `
echo "$MACHINE" > /proc/sys/kernel/hostname
${hideCredentialHelpers}
mount -t tmpfs -o mode=755 tmpfs "$DIR/overlay"
for place in etc var/lib; do
  mkdir -p "$DIR/overlay/$place/upper" "$DIR/overlay/$place/work"
  mount -t overlay overlay -o "lowerdir=/$place,upperdir=$DIR/overlay/$place/upper,workdir=$DIR/overlay/$place/work" "/$place"
done
rm -f /etc/resolv.conf /etc/hosts
echo "nameserver $NAMESERVER" > /etc/resolv.conf
touch /etc/hosts
mkdir -p /etc/fairlead /etc/docker /var/lib/fairlead /var/lib/docker
mount --bind "$DIR/etc-fairlead" /etc/fairlead
mount --bind "$DIR/etc-docker" /etc/docker
mount --bind "$DIR/hosts" /etc/hosts
mount --bind "$DIR/state" /var/lib/fairlead
mount --bind "$DIR/docker" /var/lib/docker
mount --bind "$DIR/run" /run
ip link set lo up`

export async function createMachine(
  name: string,
  { address, nameServer, init }: MachineOptions & { address: string; nameServer: string },
): Promise<Machine> {
  const dir = newFolder(name)
  const inDir = (...path: string[]): string => join(dir, ...path)
  const names = ['overlay', 'etc-fairlead', 'etc-docker', 'state', 'docker', 'run', 'home', 'root', 'usr-local']
  await Promise.all(names.map((folder) => mkdir(inDir(folder), { mode: 0o700 })))
  const hosts = new Map([
    ['localhost', '127.0.0.1'],
    [name, address],
  ])
  const writeHostsFile = (): Promise<void> =>
    // In place: the file is mounted over the machine's own.
    writeFile(inDir('hosts'), [...hosts].map(([host, ip]) => `${ip}\t${host}\n`).join(''))
  await writeHostsFile()

  const cgroup = init === 'systemd' ? systemdCgroup(name) : null
  const namespaces = await holdNamespaces({
    what: `the machine ${name}`,
    kinds: ['net', 'mount', 'pid', 'uts', ...(cgroup === null ? [] : (['ipc', 'cgroup'] as const))],
    logFile: inDir('machine.log'),
    setup: cgroup === null ? setup : systemdSetup,
    env: { DIR: dir, MACHINE: name, NAMESERVER: nameServer, CGROUP: cgroup ?? '', RUN_FOLDER: runFolder() },
  })
  const baseEnv = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: inDir('home') }
  const enter = (command: string, args: readonly string[], options?: CommandOptions) =>
    [...namespaces.enter(command, args, options?.cwd), { ...options, env: { ...baseEnv, ...options?.env } }] as const
  let engine: TestEngine | undefined
  let spawned = 0

  const spawn: Machine['spawn'] = (program, programArgs, options = {}) => {
    spawned += 1
    const [command, args] = namespaces.enter(program, programArgs, options.cwd)
    const { logFile = inDir(`process-${spawned}.log`), env, stdin, graceMs } = options
    return startService({
      command,
      args,
      logFile,
      env: { ...baseEnv, ...env },
      forks: true,
      ...(stdin !== undefined && { stdin }),
      ...(graceMs !== undefined && { graceMs }),
    })
  }
  const stop = async (): Promise<void> => {
    await engine?.stop()
    await namespaces.stop()
    await removeCgroups(dir)
    if (cgroup !== null) await removeTree(cgroup)
    await rm(dir, { recursive: true, force: true })
  }
  const machine: Machine = {
    name,
    address,
    netns: `/proc/${namespaces.pid}/ns/net`,
    holderPid: namespaces.pid,
    dir,
    etcDir: inDir('etc-fairlead'),
    stateDir: inDir('state'),
    runDir: inDir('run'),
    dockerEtcDir: inDir('etc-docker'),
    homeDir: inDir('home'),
    spawn,
    exec: (command, args, options) => runCommand(...enter(command, args, options)),
    mustExec: (command, args, options) => mustRun(...enter(command, args, options)),
    async startEngine(options = {}) {
      engine = await startEngine(machine, cgroup === null ? options : await asUnit(options, inDir('engine')))
      return engine
    },
    async writeHosts(addresses) {
      for (const [host, ip] of Object.entries(addresses)) hosts.set(host, ip)
      await writeHostsFile()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
  if (cgroup !== null) await untilBooted(machine)
  return machine
}

async function untilBooted(machine: Machine): Promise<void> {
  let said = ''
  const probe = async (): Promise<true | undefined> => {
    const { status, stdout, stderr } = await machine.exec('systemctl', ['is-system-running'])
    said = stdout + stderr
    return status === 0 ? true : undefined
  }
  try {
    await eventually(probe, { what: `systemd of ${machine.name} is up`, timeoutMs: 30_000, evidence: () => said })
  } catch (error) {
    await machine.stop()
    throw error
  }
}

const enginePrograms = ['dockerd', 'containerd', 'containerd-shim-runc-v2', 'runc']

/** `folder`: where a machine with a root of its own sees the programs of an engine other than Debian's. */
async function asUnit(options: EngineOptions, folder: string): Promise<EngineOptions> {
  const { command = 'dockerd', args = [], binDir = process.env['FAIRLEAD_ENGINE_BIN'] ?? null } = options
  if (binDir !== null) {
    await mkdir(folder)
    const copies = enginePrograms.map((name) =>
      copyFile(join(binDir, name), join(folder, name), constants.COPYFILE_FICLONE),
    )
    await Promise.all(copies)
  }
  return {
    ...options,
    binDir: binDir === null ? null : folder,
    command: 'sh',
    args: ['-c', engineUnit, 'sh', command, args.join(' ')],
  }
}
