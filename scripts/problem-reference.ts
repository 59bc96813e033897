/** `npx node scripts/problem-reference.ts`: writes docs/problems.md; a unit test checks that it is current. */
import { writeFile } from 'node:fs/promises'
import { inRepository } from './building/programs.ts'
import { problemPage } from './reference/problem-page.ts'

await writeFile(inRepository('docs/problems.md'), problemPage())
