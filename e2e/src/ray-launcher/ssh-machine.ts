/** A rented machine: sshd with key login, its own engine, home and `/usr/local/bin`, and what its cloud says about it. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, mustRun, newFolder, type Machine, type TestCa } from '@fairlead/testkit'

export interface KeyPair {
  readonly privateKeyFile: string
  readonly publicKey: string
}

export async function makeKeyPair(): Promise<KeyPair> {
  const privateKeyFile = join(newFolder('ssh'), 'id_ed25519')
  await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', privateKeyFile])
  return { privateKeyFile, publicKey: await mustRun('cat', [`${privateKeyFile}.pub`]) }
}

/** In the machine's own mounts: none of it is visible outside. */
const furnish = `
set -e
mkdir -p /run/sshd "$DIR/overlay/local/upper" "$DIR/overlay/local/work"
chmod 755 /run /run/sshd
mount -t overlay overlay -o "lowerdir=/usr/local/bin,upperdir=$DIR/overlay/local/upper,workdir=$DIR/overlay/local/work" /usr/local/bin
rm -f /usr/local/bin/fairlead
usermod() { sed -i "s#^root:\\([^:]*\\):0:0:\\([^:]*\\):[^:]*:#root:\\1:0:0:\\2:$HOME:#" /etc/passwd; }
usermod
cat "$CA_FILE" >> /etc/ssl/certs/ca-certificates.crt
`

export async function startSsh(
  machine: Machine,
  ca: TestCa,
  keys: KeyPair,
  env: Record<string, string>,
): Promise<void> {
  const dir = join(machine.dir, 'ssh')
  await mkdir(dir)
  await machine.mustExec('sh', ['-c', furnish], { env: { DIR: machine.dir, CA_FILE: ca.caFile } })
  await writeFile(join(machine.homeDir, '.bashrc'), '')
  await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'host')])
  await writeFile(join(dir, 'authorized_keys'), keys.publicKey, { mode: 0o600 })
  const config = join(dir, 'sshd_config')
  await writeFile(
    config,
    [
      `ListenAddress ${machine.address}:22`,
      `HostKey ${dir}/host`,
      `AuthorizedKeysFile ${dir}/authorized_keys`,
      // A test's folders are in a place that every user can write to.
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'PidFile none',
      '',
    ].join('\n'),
  )
  // A real machine has a metadata service; this one is configured with the address of its stand-in.
  const told = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  if (told.length > 0) await appendFile(config, `SetEnv ${told.join(' ')}\n`)
  const sshd = machine.spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config])
  await eventually(() => (/Server listening/.test(sshd.log()) ? true : undefined), {
    what: `sshd listens on ${machine.name}`,
    evidence: () => sshd.tail(),
  })
}
