/** What every problem must show to the person who reads it on a terminal. */
import { problems, type ProblemCode } from '@fairlead/contract/problems'
import type { CommandResult } from '@fairlead/testkit'
import { expect } from 'vitest'

/** Where the fix is made for this case, such as the statement for this role and this secret. */
const exactFixes: Partial<Record<ProblemCode, RegExp>> = {
  SECRET_ACCESS_DENIED:
    /fix: Let the role [\w-]+ in account \d{12} do this: \{.*"secretsmanager:GetSecretValue".*secret:team\/[\w-]+-\?{6}/,
  TOKEN_MISSING: /fix: Run `fairlead login --host http\S+`, or set FAIRLEAD_TOKEN/,
  // In a cloud, and on a node whose secrets are files.
  SECRET_NOT_FOUND: /fix: (?:Create it there, or correct its name where|Put it into the node's secrets folder,)/,
}

/** The code, one thing to do and the row's exit status; nothing that looks like a crash, and none of the passwords. */
export function expectProblem(result: CommandResult, code: ProblemCode, passwords: readonly string[]): void {
  const row = problems[code]
  expect(result.stderr, `${result.stdout}\n${result.stderr}`).toContain(code)
  expect(result.status, result.stderr).toBe(row.exit)
  expect(result.stderr).not.toMatch(/\n\s+at .*:\d+/)
  const [words = ''] = row.fix.split(/\{\w+\}/)
  const shown = result.stderr.replaceAll(/\s+/g, ' ')
  if (code in exactFixes) expect(shown).toMatch(exactFixes[code] ?? '')
  else expect(shown).toContain(words.slice(0, 40).trimEnd())
  expect(result.stderr).toMatch(/^who: /m)
  for (const password of passwords) expect(result.stdout + result.stderr).not.toContain(password)
}
