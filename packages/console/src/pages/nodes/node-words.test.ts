import { describe, expect, test } from 'vitest'
import { machineText, programsText, removedWords } from './node-words.ts'

const facts = {
  agent_version: '0.1.0',
  engine_version: '28.3.1',
  platform: 'linux/amd64',
  cpus: 8,
  memory_bytes: 32e9,
  disk_free_bytes: 100e9,
  advertise_address: '10.0.0.7',
}

describe('a node in words', () => {
  test('has one phrase each for the machine and its programs', () => {
    expect(machineText({ facts })).toBe('8 CPUs, 32.0 GB')
    expect(machineText({ facts: { ...facts, cpus: 1 } })).toBe('1 CPU, 32.0 GB')
    expect(programsText({ facts })).toBe('agent 0.1.0, Docker 28.3.1')
  })

  test('a checker has no Docker, and a node that was not heard from yet has reported nothing', () => {
    expect(programsText({ facts: { ...facts, engine_version: null } })).toBe('agent 0.1.0')
    expect(machineText({ facts: null })).toBeNull()
  })

  test('counts removed records, up to which number', () => {
    expect(removedWords({ removed: 340, sequence: 340 })).toBe(
      '340 older records were removed for age, up to number 340; the remaining records continue them.',
    )
    expect(removedWords({ removed: 1, sequence: 1 })).toMatch(/^1 older record was removed/)
  })
})
