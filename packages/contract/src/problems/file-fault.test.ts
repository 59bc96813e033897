import { expect, test } from 'vitest'
import { readFault, writeFault } from './file-fault.ts'

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
  expect(readFault(fault('EMFILE'))).toBe('EMFILE')
  expect(readFault(fault('constructor'))).toBe('constructor')
  for (const error of [fault(7), new Error('secret text'), null]) expect(readFault(error)).toBe('it cannot be opened')
})
