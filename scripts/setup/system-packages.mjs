/** What must be on the machine beside Node, found by what each package brings, not by asking a package manager. */
import { existsSync, readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { hasCommand } from './machine.mjs'
import { runProgram } from './run-program.mjs'

/** Debian's package names, and a test for each that a newer Docker or another distribution passes as well. */
const packages = [
  { name: 'docker.io', there: () => ['docker', 'dockerd', 'containerd', 'runc'].every(hasCommand) },
  { name: 'docker-registry', there: () => hasCommand('docker-registry') },
  { name: 'pigz', there: () => hasCommand('pigz') },
  { name: 'debootstrap', there: () => hasCommand('debootstrap') },
  { name: 'python3-venv', there: hasPythonVenv },
  { name: 'busybox-static', there: hasStaticBusybox },
  { name: 'iproute2', there: () => hasCommand('ip') },
  { name: 'iptables', there: () => hasCommand('iptables') },
  { name: 'openssl', there: () => hasCommand('openssl') },
  { name: 'tcpdump', there: () => hasCommand('tcpdump') },
  { name: 'ca-certificates', there: () => existsSync('/etc/ssl/certs') },
  // Debian has it; Ubuntu's debootstrap needs it to check Debian's signatures.
  {
    name: 'debian-archive-keyring',
    there: () => existsSync('/usr/share/keyrings/debian-archive-keyring.gpg'),
  },
]

/** What building runc from source needs beside Go. */
const buildPackages = [
  { name: 'gcc', there: () => hasCommand('gcc') },
  { name: 'libc6-dev', there: () => existsSync('/usr/include/stdlib.h') },
  { name: 'pkg-config', there: () => hasCommand('pkg-config') },
  { name: 'libseccomp-dev', there: () => existsSync('/usr/include/seccomp.h') },
]

/** @param {{ toBuild?: boolean }} [options] whether the newest engines are to be built, too */
export function missingPackages({ toBuild = false } = {}) {
  return [...packages, ...(toBuild ? buildPackages : [])].filter((entry) => !entry.there()).map((entry) => entry.name)
}

/** @param {string[]} names */
export function installCommand(names) {
  return `apt-get install --no-install-recommends ${names.join(' ')}`
}

export function hasApt() {
  return hasCommand('apt-get') && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readOsRelease())
}

/**
 * Installs, then switches off the registry that Debian starts on port 5000 for everybody: tests start their own.
 * @param {string[]} names
 */
export async function installSystemPackages(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // A third party's broken source makes this fail; whether the packages can be had, the next line tells.
  await runProgram('apt-get', ['update', '-q'], { env }).catch(() => undefined)
  const patient = ['-o', 'DPkg::Lock::Timeout=300']
  await runProgram('apt-get', ['install', '-q', '-y', ...patient, '--no-install-recommends', ...names], { env })
  if (names.includes('docker-registry') && existsSync('/run/systemd/system')) {
    await runProgram('systemctl', ['disable', '--now', 'docker-registry.service'], { env })
  }
}

function hasPythonVenv() {
  if (!existsSync('/usr/bin/python3')) return false
  return spawnSync('/usr/bin/python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0
}

/** Images are made of it, so it must not need the libraries of this machine: such a program names its loader early. */
function hasStaticBusybox() {
  const file = '/bin/busybox'
  return existsSync(file) && !readFileSync(file).subarray(0, 4096).includes('/ld-')
}

function readOsRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
}
