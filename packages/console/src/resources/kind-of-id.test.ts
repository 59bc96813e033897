import { newId } from '@fairlead/contract/names'
import { describe, expect, test } from 'vitest'
import { kindOfId, shortId } from './kind-of-id.ts'

describe('what an id is the id of', () => {
  test.each([
    ['cld', 'cloud'],
    ['cenv', 'environment'],
    ['ses', 'cluster'],
    ['jtk', 'join token'],
  ] as const)('%s_…: a %s', (prefix, kind) => {
    expect(kindOfId(newId(prefix))).toBe(kind)
  })

  test('an id of a kind that this version does not know is of none', () => {
    expect(kindOfId('zzz_0123')).toBeNull()
    expect(kindOfId('constructor_0123')).toBeNull()
    expect(kindOfId('cld')).toBeNull()
  })

  test('its end tells it from its like', () => {
    expect(shortId('jtk_01m8c9hstnbwy9qt9twtktje81')).toBe('…tje81')
  })
})
