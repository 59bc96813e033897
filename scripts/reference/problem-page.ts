/** docs/problems.md: every problem code with its cause, its fix and who can act, from the table that the programs use. */
import { problems, whoCanAct, type ProblemCode, type ProblemRow } from '../../packages/contract/src/problems/index.ts'

export function problemPage(): string {
  const codes = (Object.keys(problems) as ProblemCode[]).toSorted()
  return [
    '# Problem codes',
    '',
    'Every failure has one of these codes, in the CLI, the console, the API and the pull records. `fairlead explain CODE` prints one. Words in braces are filled in with what happened. This page is written by `npx node scripts/problem-reference.ts`.',
    '',
    'Exit codes: 1 failed, 2 usage, 3 mismatch or refused by a rule, 4 bad input, 5 not found or conflict, 6 not allowed, 7 cannot reach.',
    ...codes.map((code) => section(code, problems[code])),
    '',
  ].join('\n')
}

function section(code: ProblemCode, row: ProblemRow): string {
  return [
    '',
    `## ${code}`,
    '',
    sentence(row.what),
    '',
    `- **Fix:** ${row.fix}`,
    `- **Who can act:** ${whoCanAct[row.who]}`,
    `- **Exit code** ${row.exit}, **HTTP status** ${row.status}${row.retry ? '; retried automatically' : ''}`,
  ].join('\n')
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!}]$/.test(text) ? '' : '.'}`
