import { mkdtempDisposableSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runDoctor } from './run-doctor.ts'

test('what is said of an image comes from one reading of the owner’s file: the secret of its door, and the settings', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairlead-doctor-'))
  const at = (name: string) => join(folder.path, name)
  const policyFile = at('policy.yaml')
  writeFileSync(policyFile, 'allowed_registries: [127.0.0.1:1]\ndoors: { 127.0.0.1:1/team: login }\n', { mode: 0o600 })
  const report = await runDoctor(
    {
      image: '127.0.0.1:1/team/app:1',
      secret: null,
      provider: 'local',
      policyFile,
      secretsDir: at('secrets'),
      dockerSocket: at('docker.sock'),
      stateDir: at('state'),
      dockerConfig: at('docker.json'),
      onSteps: () => rmSync(policyFile, { force: true }),
    },
    new AbortController().signal,
  )
  expect(report.doorSecret).toBe('login')
  expect(report.policy?.find(({ name }) => name === 'allowed_registries')?.value).toEqual(['127.0.0.1:1'])
})
