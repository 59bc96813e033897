/** What the machine needs in addition to Node, found by the files of each package, not by asking a package manager. */
import { existsSync, readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { hasCommand } from './machine.mjs'
import { runProgram } from './run-program.mjs'

/** What the demo needs, too: Debian's package names, each with a test that a newer Docker or another distribution also passes. */
const demoPackages = [
  { name: 'docker.io', there: () => ['docker', 'dockerd', 'containerd', 'runc'].every(hasCommand) },
  { name: 'docker-registry', there: () => hasCommand('docker-registry') },
  { name: 'pigz', there: () => hasCommand('pigz') },
  { name: 'debootstrap', there: () => hasCommand('debootstrap') },
  { name: 'python3-venv', there: hasPythonVenv },
  { name: 'busybox-static', there: hasStaticBusybox },
  { name: 'libatomic1', there: hasLibatomic },
  { name: 'iproute2', there: () => hasCommand('ip') },
  { name: 'iptables', there: () => hasCommand('iptables') },
  { name: 'openssl', there: () => hasCommand('openssl') },
  // It pulls through a door.
  { name: 'podman', there: () => hasCommand('podman') },
  { name: 'ca-certificates', there: () => existsSync('/etc/ssl/certs') },
  // Debian has it; Ubuntu's debootstrap needs it to check Debian's signatures.
  {
    name: 'debian-archive-keyring',
    there: () => existsSync('/usr/share/keyrings/debian-archive-keyring.gpg'),
  },
]

/** What only tests need. */
const testPackages = [
  { name: 'systemd', there: () => hasCommand('systemd-analyze') },
  { name: 'tcpdump', there: () => hasCommand('tcpdump') },
  { name: 'tshark', there: () => hasCommand('tshark') },
  // Ray's own launcher reaches machines over ssh, and copies with rsync.
  { name: 'openssh-server', there: () => hasCommand('sshd') || existsSync('/usr/sbin/sshd') },
  { name: 'openssh-client', there: () => hasCommand('ssh') && hasCommand('ssh-keygen') },
  { name: 'rsync', there: () => hasCommand('rsync') },
  // They pull through a door, each in its own way.
  ...['buildah', 'skopeo'].map((name) => ({ name, there: () => hasCommand(name) })),
  // It scrapes a control plane, and answers the queries of the dashboard.
  { name: 'prometheus', there: () => hasCommand('prometheus') && hasCommand('promtool') },
  // Replicas reach their database through it.
  { name: 'pgbouncer', there: () => existsSync('/usr/sbin/pgbouncer') },
  { name: 'curl', there: () => hasCommand('curl') },
  // Programs see a wrong clock.
  { name: 'faketime', there: () => hasCommand('faketime') },
  // The web console is tested in real browsers.
  { name: 'chromium-headless-shell', there: () => existsSync('/usr/bin/chromium-headless-shell') },
  { name: 'firefox-esr', there: () => existsSync('/usr/bin/firefox-esr') },
  // An emulator runs the single-file arm64 executable, with that architecture's libraries.
  { name: 'qemu-user', there: () => process.arch === 'arm64' || hasCommand('qemu-aarch64') },
  { name: 'libstdc++6-arm64-cross', there: () => hasArm64Library('libstdc++.so.6') },
  { name: 'libatomic1-arm64-cross', there: () => hasArm64Library('libatomic.so.1') },
]

/** What building runc from source needs in addition to Go. */
const buildPackages = [
  { name: 'gcc', there: () => hasCommand('gcc') },
  { name: 'libc6-dev', there: () => existsSync('/usr/include/stdlib.h') },
  { name: 'pkg-config', there: () => hasCommand('pkg-config') },
  { name: 'libseccomp-dev', there: () => existsSync('/usr/include/seccomp.h') },
]

const startedByDebian = {
  'docker-registry': ['docker-registry.service'],
  'openssh-server': ['ssh.service'],
  prometheus: ['prometheus.service'],
  pgbouncer: ['pgbouncer.service'],
  podman: [
    'podman.socket',
    'podman.service',
    'podman-restart.service',
    'podman-auto-update.timer',
    'podman-auto-update.service',
  ],
}

/**
 * @param {{ forTests: boolean, toBuild?: boolean }} options `toBuild`: whether the newest engines are to be built, too
 * @returns {string[]} in the order in which apt gets them
 */
export function missingPackages(options) {
  return neededPackages(options)
    .filter((entry) => !entry.there())
    .map((entry) => entry.name)
}

/** @param {{ forTests: boolean, toBuild?: boolean }} options */
export function neededPackages({ forTests, toBuild = false }) {
  return [...demoPackages, ...(forTests ? testPackages : []), ...(toBuild ? buildPackages : [])]
}

/** @param {string[]} names */
export function installCommand(names) {
  return `apt-get install --no-install-recommends ${names.join(' ')}`
}

export function hasApt() {
  return hasCommand('apt-get') && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readOsRelease())
}

/**
 * Installs, then disables what Debian starts by default, the registry on port 5000, the ssh server, Prometheus, PgBouncer and podman's API: tests start their own.
 * @param {string[]} names
 */
export async function installSystemPackages(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // A broken third-party source makes this fail; the next line shows whether the packages are available.
  await runProgram('apt-get', ['update', '-q'], { env }).catch(() => undefined)
  const patient = ['-o', 'DPkg::Lock::Timeout=300']
  await runProgram('apt-get', ['install', '-q', '-y', ...patient, '--no-install-recommends', ...names], { env })
  const units = Object.entries(startedByDebian).flatMap(([name, started]) => (names.includes(name) ? started : []))
  if (units.length > 0 && existsSync('/run/systemd/system')) {
    await runProgram('systemctl', ['disable', '--now', ...units], { env })
  }
}

function hasPythonVenv() {
  if (!existsSync('/usr/bin/python3')) return false
  return spawnSync('/usr/bin/python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0
}

/** Images contain it, so it must not need this machine's libraries: a program that does names its loader early. */
function hasStaticBusybox() {
  const file = '/bin/busybox'
  return existsSync(file) && !readFileSync(file).subarray(0, 4096).includes('/ld-')
}

/** Node's builds need it from version 25 on, and so does the one-file program. */
function hasLibatomic() {
  return ['x86_64-linux-gnu', 'aarch64-linux-gnu', '.', '../lib64'].some((folder) =>
    existsSync(`/usr/lib/${folder}/libatomic.so.1`),
  )
}

/** @param {string} name */
function hasArm64Library(name) {
  return process.arch === 'arm64' || existsSync(`/usr/aarch64-linux-gnu/lib/${name}`)
}

function readOsRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
}
