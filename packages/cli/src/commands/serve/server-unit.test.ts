import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unitText as agentUnitText } from '../agent/install-unit.ts'
import { serverSettingsText, serverUnitText, serverUserText, standardSettings } from './server-unit.ts'

const unit = serverUnitText('/opt/bin/fairlead')

/** Each setting with its value; a filter's lines are joined, as systemd does. */
function settingsOf(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', value = ''] of text.matchAll(/^([A-Za-z]+)=(.*)$/gm)) {
    found.set(name, [found.get(name), value].filter(Boolean).join(' '))
  }
  return found
}

describe('the unit of the server', () => {
  test('has only sections, settings and comments, one a line, and no setting with a trailing comment', () => {
    for (const line of unit.trim().split('\n')) expect(line).toMatch(/^(?:|\[[A-Z][a-z]+\]|# .+|[A-Za-z]+=[^#]+)$/)
  })

  test('runs what was installed as its own user, and tries again unless the settings are wrong', () => {
    expect(unit).toContain(
      '\nExecStart=/opt/bin/fairlead serve --data-dir /var/lib/fairlead-server $FAIRLEAD_SERVE_FLAGS\n',
    )
    const settings = settingsOf(unit)
    expect(settings.get('User')).toBe('fairlead')
    expect(settings.get('Restart')).toBe('always')
    expect(settings.get('RestartPreventExitStatus')).toBe('2')
    expect(serverUserText).toMatch(/^u fairlead - "[^"]+" \/var\/lib\/fairlead-server$/m)
  })

  test('is at least as strict as the unit of the agent', () => {
    const agent = settingsOf(agentUnitText('/opt/bin/fairlead'))
    const server = settingsOf(unit)
    const restricts = [...agent].filter(([name]) =>
      /^(?:Protect|Private|Restrict|Lock|Remove|System|NoNew|Limit|Mem|UMask)/.test(name),
    )
    expect(restricts.length).toBeGreaterThan(20)
    for (const [name, value] of restricts) {
      const own = server.get(name)
      const stricter: Record<string, string> = {
        ProtectControlGroups: 'yes',
        ProtectHome: 'yes',
        SystemCallFilter: `${value} ~@privileged @resources`,
      }
      expect([name, own]).toEqual([name, stricter[name] ?? value])
    }
    expect(server.get('CapabilityBoundingSet')).toBe('CAP_NET_BIND_SERVICE')
    expect(server.has('ReadWritePaths')).toBe(false)
  })

  test('has no secret on the command line and none that other users can read', () => {
    expect(unit).toContain('\nEnvironmentFile=-/etc/fairlead-server/server.env\n')
    expect(settingsOf(unit).has('Environment')).toBe(false)
    expect(settingsOf(unit).get('StateDirectoryMode')).toBe('0700')
  })
})

/** One assignment in double quotes, as systemd.exec(5) reads an EnvironmentFile: a backslash takes the next of these characters as it is. */
function assigned(text: string, name: string): string | null {
  const [, quoted] = new RegExp(`^${name}="((?:[^"\\\\]|\\\\.)*)"$`, 'm').exec(text) ?? []
  return quoted?.replaceAll(/\\(["\\$`])/g, '$1') ?? null
}

describe('the settings of the server', () => {
  test('listen on loopback with SQLite by default', () => {
    const text = serverSettingsText(standardSettings)
    expect(assigned(text, 'FAIRLEAD_SERVE_FLAGS')).toBe('--listen 127.0.0.1:8470')
    expect(assigned(text, 'FAIRLEAD_DATABASE')).toBeNull()
  })

  test('name address, origin and certificate as flags', () => {
    const origin = 'https://fairlead.example.com'
    const text = serverSettingsText({ ...standardSettings, listen: '0.0.0.0:443', origin, hasCertificate: true })
    expect(assigned(text, 'FAIRLEAD_SERVE_FLAGS')).toBe(
      `--listen 0.0.0.0:443 --origin ${origin} --tls-cert /etc/fairlead-server/cert.pem --tls-key /etc/fairlead-server/key.pem`,
    )
  })

  test('name the file of who may sign in as a flag', () => {
    const text = serverSettingsText({ ...standardSettings, hasSignIn: true })
    expect(assigned(text, 'FAIRLEAD_SERVE_FLAGS')).toBe(
      '--listen 127.0.0.1:8470 --sign-in /etc/fairlead-server/sign-in.yaml',
    )
  })

  test('hold the URL of a database in any printable characters, and only outside the flags', () => {
    const printable = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) })
    fc.assert(
      fc.property(printable, (rest) => {
        const database = `postgres://${rest}`
        const text = serverSettingsText({ ...standardSettings, database })
        expect(assigned(text, 'FAIRLEAD_DATABASE')).toBe(database)
        expect(assigned(text, 'FAIRLEAD_SERVE_FLAGS')).toBe('--listen 127.0.0.1:8470')
      }),
    )
  })
})
