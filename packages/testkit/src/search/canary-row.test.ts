import { describe, expect, test } from 'vitest'
import { canaryForms, cleanPlace, rowHolds } from './canary-row.ts'
import { canaryTable } from './canary-table.ts'
import { FormFinder } from './secret-scan/find-forms.ts'

const secrets = [{ name: 'the password', value: 'canary-of-this-run' }]
const control = 'marker-of-this-run'

function rowOf(content: string) {
  const finder = new FormFinder(canaryForms(secrets, control))
  finder.push(Buffer.from(content))
  const findings = [...finder.found].map((form) => ({ place: 'a.log', form }))
  return cleanPlace({ place: 'logs', searched: '1 file', control: 'the marker' }, findings)
}

describe('a place', () => {
  test('passes if the control is found and no secret is', () => {
    const row = rowOf(`${control}.`)
    expect(rowHolds(row)).toBe(true)
    expect(canaryTable([row], { color: false })).toContain('✓ logs   1 file    found: the marker  none')
  })

  test('fails if a secret is found, in any form', () => {
    const row = rowOf(`${control} ${Buffer.from('canary-of-this-run').toString('hex')}`)
    expect(rowHolds(row)).toBe(false)
    expect(canaryTable([row], { color: false })).toContain('✗ logs')
    expect(canaryTable([row], { color: false })).toContain('the password (hex) in a.log')
  })

  test('fails if the control is not found, however clean the result looks', () => {
    const row = rowOf('nothing')
    expect(row.findings).toEqual([])
    expect(rowHolds(row)).toBe(false)
    expect(canaryTable([row], { color: false })).toContain('NOT FOUND: the marker')
  })
})

test('where secrets belong, requires the search to find them', () => {
  const agent = { place: 'agent', searched: '1 MB', findings: 'belong there' } as const
  expect(rowHolds({ ...agent, control: { what: 'the password', found: true } })).toBe(true)
  expect(rowHolds({ ...agent, control: { what: 'the password', found: false } })).toBe(false)
})

test('the table has colors only when asked, and never the secret', () => {
  const row = rowOf(`${control} canary-of-this-run`)
  expect(canaryTable([row], { color: true })).toContain('\u001B[31m')
  expect(canaryTable([row], { color: false })).not.toContain('\u001B')
  expect(canaryTable([row], { color: true })).not.toContain('canary-of-this-run')
})
