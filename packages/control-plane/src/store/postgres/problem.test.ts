import { expect, test } from 'vitest'
import { readDatabaseUrl } from './database-url.ts'
import { databaseProblem } from './problem.ts'

const place = readDatabaseUrl('postgres://fairlead@db.example.com/fairlead')
const meaning = (code: string) => databaseProblem(Object.assign(new Error('text of the server'), { code }), place)

test.each([
  ['53100', 'DATABASE_UNUSABLE'],
  ['53300', 'DATABASE_UNREACHABLE'],
  ['57P01', 'DATABASE_UNREACHABLE'],
  ['ECONNREFUSED', 'DATABASE_UNREACHABLE'],
  ['28P01', 'DATABASE_LOGIN_REFUSED'],
  ['42501', 'DATABASE_RIGHTS_MISSING'],
  ['42P01', 'DATABASE_UNFIT'],
  ['XX001', 'DATABASE_UNFIT'],
  ['26000', 'DATABASE_POOLED'],
])('%s is %s', (code, expected) => {
  expect(meaning(code)?.code).toBe(expected)
})

test('a disk of the server that is full is named as the reason', () => {
  expect(meaning('53100')?.facts).toEqual({ path: place.text, reason: 'the disk is full' })
})

test('an error in a statement of ours is no problem of the database', () => {
  expect(meaning('23505')).toBeNull()
})
