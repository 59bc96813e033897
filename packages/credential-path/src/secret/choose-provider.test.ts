import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { chooseProvider } from './choose-provider.ts'
import { providerIn, providerOfMachine } from './provider-of-machine.ts'

const arn = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:team/login-AbC123'

describe('where a secret is looked up', () => {
  test.each([
    ['local', arn, 'gcp', 'local'],
    [null, arn, 'gcp', 'aws'],
    [null, 'projects/my-project/secrets/login/versions/1', 'aws', 'gcp'],
    [null, '/projects/my-project/locations/europe-west4/secrets/login/versions/1', 'aws', 'gcp'],
    [null, 'team/login', 'aws', 'aws'],
    [null, 'login', 'gcp', 'gcp'],
    [null, 'login', null, 'local'],
    [null, null, 'aws', 'aws'],
  ] as const)('given %s, secret %s, machine of %s: %s', async (given, secret, machine, chosen) => {
    expect(await chooseProvider(given, secret, () => Promise.resolve(machine))).toBe(chosen)
  })

  test('does not look at the machine if the reference names the provider', async () => {
    const ofMachine = () => Promise.reject(new Error('it was looked at'))
    expect(await chooseProvider(null, arn, ofMachine)).toBe('aws')
  })
})

describe('the cloud of a machine', () => {
  const none = { sysVendor: '', productName: '', biosVersion: '' }

  test.each([
    [{ ...none, sysVendor: 'Amazon EC2\n', productName: 'm7g.large\n' }, 'aws'],
    [{ sysVendor: 'Xen\n', productName: 'HVM domU\n', biosVersion: '4.11.amazon\n' }, 'aws'],
    [{ sysVendor: 'Google\n', productName: 'Google Compute Engine\n', biosVersion: 'Google\n' }, 'gcp'],
    [{ ...none, sysVendor: 'Google\n', productName: 'Pixelbook\n' }, null],
    [{ ...none, sysVendor: 'Xen\n', productName: 'HVM domU\n', biosVersion: '4.17\n' }, null],
    [{ ...none, sysVendor: 'QEMU\n' }, null],
    [none, null],
  ] as const)('%j is %s', (firmware, provider) => {
    expect(providerIn(firmware)).toBe(provider)
  })

  test('is read from what the kernel exposes; a machine without firmware has none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-dmi-'))
    try {
      expect(await providerOfMachine(folder)).toBeNull()
      writeFileSync(join(folder, 'sys_vendor'), 'Amazon EC2\n')
      expect(await providerOfMachine(folder)).toBe('aws')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
