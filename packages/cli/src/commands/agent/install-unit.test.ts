import { readNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { describe, expect, test } from 'vitest'
import { policyTemplate, unitText } from './install-unit.ts'

describe('the unit', () => {
  const unit = unitText('/opt/bin/fairlead')

  test.each([
    'LimitCORE=0',
    'MemorySwapMax=0',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'StateDirectoryMode=0700',
    'SystemCallFilter=@system-service',
  ])('S25: never lets a password leave the memory of the agent: %s', (line) => {
    expect(unit.split('\n')).toContain(line)
  })

  test('has only sections, settings and comments, one a line, and no setting with a trailing comment', () => {
    for (const line of unit.trim().split('\n')) expect(line).toMatch(/^(?:|\[[A-Z][a-z]+\]|# .+|[A-Za-z]+=[^#]+)$/)
  })

  test('gives the memory of a pull back after the pull', () => {
    expect(unit).toMatch(/\nEnvironment=MALLOC_MMAP_THRESHOLD_=\d+\n/)
  })

  test('runs what was installed, again and again', () => {
    expect(unit).toMatch(
      /\nExecStart=\/opt\/bin\/fairlead agent run\n# .+\nExecStopPost=-\/opt\/bin\/fairlead agent leave --at-shutdown\nRestart=always\n/,
    )
  })
})

describe('the policy', () => {
  async function read(text: string) {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-policy-'))
    try {
      const path = join(folder, 'policy.yaml')
      writeFileSync(path, text, { mode: 0o644 })
      return readNodePolicy(path)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  test('leaves the defaults in force as written', async () => {
    expect(parseDocument(policyTemplate).toJS()).toBeNull()
    expect(await read(policyTemplate)).toEqual(await read(''))
  })

  test('has valid examples once their comment sign is removed', async () => {
    const examples = policyTemplate.replaceAll(/^# (?=[a-z_]+:(?: |$)| {2})/gm, '')
    expect(Object.keys(parseDocument(examples).toJS() as object)).toHaveLength(7)
    await expect(read(examples)).resolves.toMatchObject({ proxy: 'http://proxy.example.com:3128' })
  })
})
