import { describe, expect, test } from 'vitest'
import { placeOf } from '../../machine-steps/install-place.ts'
import { sentenceOf } from '../../machine-steps/machine-step.ts'
import { installSteps, uninstallSteps } from './install-steps.ts'

const machine = { root: '', binDir: '/usr/local/bin', systemd: true }
const said = (steps: Parameters<typeof sentenceOf>[0][]) => steps.map(sentenceOf)

describe('installSteps', () => {
  test('on a machine: writes files first, then notifies systemd', () => {
    expect(said([...installSteps(machine, '/tmp/fairlead-linux-x64')])).toEqual([
      'folder /usr/local/bin (0755)',
      '/usr/local/bin/fairlead (0755), a copy of /tmp/fairlead-linux-x64',
      'link /usr/local/bin/docker-credential-fairlead to fairlead',
      'link /usr/local/bin/fairlead-kubelet-credential-provider to fairlead',
      'folder /etc/fairlead (0755)',
      '/etc/fairlead/policy.yaml (0644), unless it exists',
      'folder /var/lib/fairlead (0700)',
      'folder /etc/systemd/system (0755)',
      '/etc/systemd/system/fairlead-agent.service (0644)',
      'systemctl daemon-reload',
      'systemctl enable fairlead-agent.service',
      'systemctl restart fairlead-agent.service',
    ])
  })

  test('under another root, starts nothing and writes paths without that root', () => {
    const steps = installSteps({ ...machine, root: '/image', systemd: false }, '/tmp/fairlead')
    expect(steps.filter((step) => step.do === 'systemctl')).toEqual([])
    const paths = steps.flatMap((step) => ('path' in step ? [step.path] : []))
    expect(paths.filter((path) => !path.startsWith('/image/'))).toEqual([])
    const unit = steps.find((step) => step.do === 'write')
    expect(unit?.text).toContain('\nExecStart=/usr/local/bin/fairlead agent run\n')
    expect(steps.at(-1)).toMatchObject({ do: 'link', target: '/etc/systemd/system/fairlead-agent.service' })
  })
})

describe('uninstallSteps', () => {
  test('stops the agent before removing its file, and keeps policy and state', () => {
    const steps = uninstallSteps(machine, { purge: false, keepProgram: false })
    expect(steps[0]).toEqual({ do: 'stop-unit', unit: 'fairlead-agent.service' })
    expect(steps.at(-1)).toEqual({ do: 'remove', path: '/usr/local/bin/fairlead' })
    expect(JSON.stringify(steps)).not.toMatch(/\/etc\/fairlead|\/var\/lib\/fairlead/)
  })

  test('keeps the program that the server of this machine runs, too', () => {
    const removed = said([...uninstallSteps(machine, { purge: false, keepProgram: true })])
    expect(removed).not.toContain('remove /usr/local/bin/fairlead')
    expect(removed).toContain('remove /usr/local/bin/docker-credential-fairlead')
  })

  test('removes them as well with --purge', () => {
    expect(said([...uninstallSteps(machine, { purge: true, keepProgram: false })]).slice(-2)).toEqual([
      'remove /etc/fairlead and everything in it',
      'remove /var/lib/fairlead and everything in it',
    ])
  })
})

describe('placeOf', () => {
  const flags = { binDir: '/usr/local/bin' }

  test('lets a user without root look, and write under their own root', () => {
    const user = { uid: 1000, systemd: true }
    expect(() => placeOf(flags, user, '/home')).toThrow(expect.objectContaining({ code: 'INSTALL_NOT_ROOT' }))
    expect(placeOf({ ...flags, dryRun: true }, user, '/home')).toEqual(machine)
    expect(placeOf({ ...flags, root: 'image' }, user, '/home')).toEqual({
      root: '/home/image',
      binDir: '/usr/local/bin',
      systemd: false,
    })
  })
})
