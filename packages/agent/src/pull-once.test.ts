/** `fairlead pull` next to an agent: it keeps separate records. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@fairlead/contract/names'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { saveIdentity } from './channel/node-identity.ts'
import { makeNodeKey } from './channel/node-key.ts'
import { pullOnce } from './pull-once.ts'
import { openStateDir } from '@fairlead/credential-path/process/state-dir'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-once-'))
})
afterEach(() => rm(folder, { recursive: true }))

const pullInto = (stateDir: string) =>
  pullOnce(
    {
      image: '127.0.0.1:1/team/app:1',
      secret: null,
      provider: 'local',
      policyFile: null,
      secretsDir: join(folder, 'secrets'),
      dockerSocket: join(folder, 'docker.sock'),
      stateDir,
      onSteps: () => {},
    },
    new AbortController().signal,
  )

test('does not use the folder of a joined node, whether its agent runs or not: the chain of its records stays intact', async () => {
  const stateDir = join(folder, 'node')
  openStateDir(stateDir)
  await saveIdentity(stateDir, {
    nodeId: newId('node'),
    cloudId: newId('cld'),
    name: 'node-1',
    provider: 'local',
    checker: false,
    cloud: null,
    host: 'http://127.0.0.1:1',
    origin: 'http://127.0.0.1:1',
    caPem: null,
    podToken: null,
    hostUser: null,
    key: makeNodeKey(),
  })
  await expect(pullInto(stateDir)).rejects.toMatchObject({ code: 'STATE_DIR_OF_NODE' })
  await expect(pullInto(join(folder, 'once'))).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
})
