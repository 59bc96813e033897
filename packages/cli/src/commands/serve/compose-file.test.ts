/** deploy/compose.yaml starts a server that this version understands. Compose's own reading of it is tested with the newest engines. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

interface ComposeFile {
  readonly services: {
    readonly server: { readonly command: readonly string[]; readonly environment: Record<string, string> }
    readonly database: { readonly environment: Record<string, string>; readonly networks: readonly string[] }
  }
  readonly networks: Record<string, { readonly internal?: boolean }>
}

const { services, networks } = parse(
  readFileSync(new URL('../../../../../deploy/compose.yaml', import.meta.url), 'utf8'),
) as ComposeFile

test('its flags are those of `serve`, which gets as far as the database', async () => {
  using shell = new ScriptedShell()
  const command = services.server.command.map((word) =>
    word
      .replace('@database/', '@127.0.0.1:1/')
      .replace(/\$\{FAIRLEAD_ORIGIN[^}]*\}/, 'https://fairlead.example.com:8470')
      .replace('/var/lib/fairlead', shell.folder),
  )
  const ran = await shell.run([...command, '--log-level', 'silent'])
  expect([ran.status, ran.stderr]).toEqual([7, expect.stringContaining('(DATABASE_NOT_REACHED)')])
})

test('the password of the database is on no command line, and nothing but the server reaches the database', () => {
  expect(services.server.command.join(' ')).not.toContain('POSTGRES_PASSWORD')
  expect(services.server.environment['PGPASSWORD']).toBe(services.database.environment['POSTGRES_PASSWORD'])
  expect(services.database.networks).toEqual(['database'])
  expect(networks['database']?.internal).toBe(true)
})
