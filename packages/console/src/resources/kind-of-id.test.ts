import { newId } from '@fairlead/contract/names'
import { describe, expect, test } from 'vitest'
import { kindOfId, shortId } from './kind-of-id.ts'

describe('the resource that an id names', () => {
  test.each([
    ['cld', 'cloud'],
    ['cenv', 'environment'],
    ['ses', 'cluster'],
    ['jtk', 'join token'],
  ] as const)('%s_…: a %s', (prefix, kind) => {
    expect(kindOfId(newId(prefix))).toBe(kind)
  })

  test('an id of a kind unknown to this version names none', () => {
    expect(kindOfId('zzz_0123')).toBeNull()
    expect(kindOfId('constructor_0123')).toBeNull()
    expect(kindOfId('cld')).toBeNull()
  })

  test('its end distinguishes it from similar ids', () => {
    expect(shortId('jtk_01m8c9hstnbwy9qt9twtktje81')).toBe('…tje81')
  })
})
