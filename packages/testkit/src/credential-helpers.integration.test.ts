/** On a host whose Docker keeps logins in a keyring that does not answer, as on a desktop. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mustRun } from './command.ts'
import { newFolder } from './run-folder.ts'

const helper = '#!/bin/sh\necho "Cannot autolaunch D-Bus without X11 \\$DISPLAY" >&2\nexit 1\n'

test('`docker login` on a test machine keeps its login in the file of that machine, whatever helper the host has', async () => {
  const folder = newFolder('host-with-helper')
  await Promise.all(['upper', 'work'].map((name) => mkdir(join(folder, name))))
  await writeFile(join(folder, 'upper', 'docker-credential-secretservice'), helper, { mode: 0o755 })
  const story = join(folder, 'story.mjs')
  await writeFile(story, storyScript)
  // A separate mount namespace stands in for such a host. An upper folder must not itself be on an overlay.
  const host = `
    mount -t tmpfs tmpfs "$1/work"; mkdir "$1/work/upper" "$1/work/work"; cp -p "$1/upper/"* "$1/work/upper"
    mount -t overlay overlay -o "lowerdir=/usr/bin,upperdir=$1/work/upper,workdir=$1/work/work" /usr/bin
    exec "$2" "$1/story.mjs"`
  const said = await mustRun('unshare', ['--mount', 'sh', '-ec', host, 'sh', folder, process.execPath])
  expect(JSON.parse(said)).toEqual({ onHost: true, config: { auths: { registry: { auth: 'am86cHc=' } } } })
})

const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
const storyScript = `
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createNetwork, startRegistry } from ${from('./index.ts')}
await using network = await createNetwork()
await using registry = await startRegistry({ host: network.hostAddress, auth: { kind: 'htpasswd', users: { jo: 'pw' } } })
const laptop = await network.machine('laptop')
await laptop.startEngine({ config: { 'insecure-registries': [registry.host] } })
await laptop.mustExec('docker', ['login', registry.host, '-u', 'jo', '--password-stdin'], { input: 'pw' })
const config = (await readFile(join(laptop.homeDir, '.docker', 'config.json'), 'utf8')).replace(registry.host, 'registry')
console.log(JSON.stringify({ onHost: existsSync('/usr/bin/docker-credential-secretservice'), config: JSON.parse(config) }))
`
