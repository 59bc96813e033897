/**
 * An image of Debian's PostgreSQL with what deploy/compose.yaml relies on in the official one: its variables, its volume, a password for
 * everyone who comes over the network, and a first start that sets the database up on a socket only before it listens.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { makeImage, mustRun, type LocalOciImage } from '@fairlead/testkit'

const version = '15'
const [programs, libraries, shared] = [
  `/usr/lib/postgresql/${version}/bin`,
  `/usr/lib/postgresql/${version}/lib`,
  `/usr/share/postgresql/${version}`,
]
const data = `/var/lib/postgresql/${version}/docker`

const entrypoint = `#!/bin/sh
set -e
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chown -R postgres /var/lib/postgresql /var/run/postgresql
  # Not the one of busybox, which its shell would take.
  exec /usr/bin/setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  echo "\${POSTGRES_PASSWORD:?}" > /tmp/password
  initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --encoding=UTF8 --locale=C --no-sync
  rm /tmp/password
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  pg_ctl --wait start --options="-c listen_addresses=''"
  psql --username="$POSTGRES_USER" --dbname=postgres --command="create database $POSTGRES_DB"
  pg_ctl --wait --mode=fast stop
fi
exec "$@"
`

export async function postgresImage(): Promise<LocalOciImage> {
  const used = ['postgres', 'initdb', 'pg_ctl', 'psql', 'pg_isready'].map((name) => join(programs, name))
  const executables = [...used, '/usr/bin/setpriv']
  const loaded = (await readdir(libraries)).filter((name) => name.endsWith('.so') && !name.startsWith('llvm'))
  const modules = loaded.map((name) => join(libraries, name))
  const paths = [
    ...executables,
    ...modules,
    ...(await linkedBy([...executables, ...modules])),
    ...(await filesIn(shared)),
  ]
  const contents = await Promise.all(paths.map(async (path) => [path.slice(1), await contentOf(path)] as const))
  const links = executables.map((path) => [`usr/local/bin/${basename(path)}`, { link: path }] as const)
  return makeImage({
    files: {
      ...Object.fromEntries(contents),
      ...Object.fromEntries(links),
      'etc/passwd': 'root:x:0:0::/root:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/sh\n',
      'etc/group': 'root:x:0:\npostgres:x:999:\n',
      'usr/local/bin/docker-entrypoint.sh': { content: entrypoint, mode: 0o755 },
    },
    config: {
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', `PGDATA=${data}`],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['postgres', '-c', 'listen_addresses=*'],
      Volumes: { '/var/lib/postgresql': {} },
      StopSignal: 'SIGINT',
    },
  })
}

/** The libraries of this machine that the loader finds for these files, under the names that it asks for. */
async function linkedBy(files: readonly string[]): Promise<string[]> {
  const found = (await mustRun('ldd', files)).matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)
  return [...new Set(Array.from(found, ([, path = '']) => path))]
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
}

const contentOf = async (path: string) => ({ content: await readFile(path), mode: (await stat(path)).mode & 0o777 })
