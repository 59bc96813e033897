/** What every problem owes the person who reads it on a terminal. */
import { problems, type ProblemCode } from '@fairlead/contract'
import type { CommandResult } from '@fairlead/testkit'
import { expect } from 'vitest'

/** The code, one thing to do and the row's exit status; nothing that looks like a crash, and none of the passwords. */
export function expectProblem(result: CommandResult, code: ProblemCode, passwords: readonly string[]): void {
  const row = problems[code]
  expect(result.stderr, `${result.stdout}\n${result.stderr}`).toContain(code)
  expect(result.status, result.stderr).toBe(row.exit)
  expect(result.stderr).not.toMatch(/\n\s+at .*:\d+/)
  const [words = ''] = row.fix.split(/\{\w+\}/)
  expect(result.stderr.replaceAll(/\s+/g, ' ')).toContain(words.slice(0, 40).trimEnd())
  expect(result.stderr).toMatch(/^who: /m)
  for (const password of passwords) expect(result.stdout + result.stderr).not.toContain(password)
}
