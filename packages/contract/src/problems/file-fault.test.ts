import { expect, test } from 'vitest'
import { problemOf, readFault, writeFault } from './file-fault.ts'
import { problem } from './problem.ts'

const fault = (code: unknown) => Object.assign(new Error('secret text'), { code })

test('a file that cannot be read gives the reason in words, not in system codes', () => {
  expect(readFault(fault('ENOENT'))).toBe('there is no such file')
  expect(readFault(fault('EACCES'))).toBe('you may not read it')
  expect(readFault(fault('EISDIR'))).toBe('it is a folder')
})

test('a file that cannot be written says what is wrong with its location', () => {
  expect(writeFault(fault('ENOENT'))).toBe('there is no such folder')
  expect(writeFault(fault('ENOSPC'))).toBe('the disk is full')
})

test('a code without words is shown unchanged, and nothing else of the error', () => {
  expect(readFault(fault('EXDEV'))).toBe('EXDEV')
  expect(readFault(fault('constructor'))).toBe('constructor')
  for (const error of [fault(7), new Error('secret text'), null]) expect(readFault(error)).toBe('it cannot be opened')
})

test('a file at which the system failed unexpectedly is named with the reason, and nothing else of the error', () => {
  const failed = (code: string) => problemOf(Object.assign(fault(code), { syscall: 'open', path: '/x/y' }))
  expect(failed('ENAMETOOLONG')).toMatchObject({
    code: 'FILE_UNUSABLE',
    what: '/x/y cannot be used: its name is too long',
  })
  expect(failed('EMFILE').what).toBe('/x/y cannot be used: too many files are open (ulimit -n)')
  expect(failed('EACCES').what).toBe('/x/y cannot be used: this user may not use it')
})

test('any other unexpected error is an internal one, and a problem stays what it is', () => {
  for (const error of [fault('ENOENT'), new Error('secret text'), null]) expect(problemOf(error).code).toBe('INTERNAL')
  const known = problem('INTERRUPTED')
  expect(problemOf(known)).toBe(known)
})
