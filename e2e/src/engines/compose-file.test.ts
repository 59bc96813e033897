/** Docker Compose itself reads deploy/compose.yaml, and refuses it without its settings. */
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { enginePrograms, runCommand } from '@fairlead/testkit'
import { expect, test } from 'vitest'

const file = fileURLToPath(new URL('../../../deploy/compose.yaml', import.meta.url))

const config = async (env: Record<string, string>) =>
  runCommand(join(await enginePrograms(), 'docker-compose'), ['--file', file, 'config', '--format', 'json'], {
    env: { HOME: '/nonexistent', ...env },
  })

test('it is valid for Compose once the image, the origin and the password are set', async () => {
  const settings = {
    FAIRLEAD_IMAGE: 'fairlead-server:1',
    FAIRLEAD_ORIGIN: 'https://fairlead.example.com:8470',
    POSTGRES_PASSWORD: 'canary',
  }
  const { status, stdout, stderr } = await config(settings)
  expect([status, stderr]).toEqual([0, ''])
  const { services } = JSON.parse(stdout) as {
    services: Record<string, { image: string; command: string[] | null; depends_on?: object }>
  }
  expect(services['server']).toMatchObject({
    image: 'fairlead-server:1',
    depends_on: { database: { condition: 'service_healthy' } },
  })
  expect(services['server']?.command?.join(' ')).toContain('--origin=https://fairlead.example.com:8470')
  const missing = await config({ ...settings, POSTGRES_PASSWORD: '' })
  expect(missing.status).not.toBe(0)
  expect(missing.stderr).toContain('POSTGRES_PASSWORD')
})
