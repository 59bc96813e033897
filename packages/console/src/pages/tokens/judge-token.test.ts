import { newId } from '@fairlead/contract/names'
import { describe, expect, test } from 'vitest'
import { judgeToken, type TokenForm } from './judge-token.ts'

const now = Date.parse('2026-11-30T00:00:00Z')
const judge = (form: Partial<TokenForm>) =>
  judgeToken({ name: 'ci', role: 'viewer', isLimited: false, cloudIds: [], days: null, ...form }, now)

describe('a token in the form', () => {
  test('that is not limited names no clouds, even if some were chosen before', () => {
    expect(judge({ cloudIds: [newId('cld')] }).body).toEqual({ name: 'ci', role: 'viewer' })
  })

  test('that is limited names at least one', () => {
    const id = newId('cld')
    expect(judge({ isLimited: true, cloudIds: [id] }).body).toEqual({ name: 'ci', role: 'viewer', cloud_ids: [id] })
    expect(judge({ isLimited: true })).toMatchObject({ cloudsFault: 'Choose at least one cloud.', body: null })
  })

  test('ends as many days from now as were chosen', () => {
    expect(judge({ days: 90 }).body).toEqual({ name: 'ci', role: 'viewer', expires_at: '2027-02-28T00:00:00.000Z' })
  })

  test('has a name of the contract’s grammar', () => {
    expect(judge({ name: 'a b' }).nameFault).toContain('A-Z')
    expect(judge({ name: 'a b' }).body).toBeNull()
  })
})
