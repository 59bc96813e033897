/** `npx node scripts/api-access.ts`: writes docs/api-access.md, which says who may call what; a unit test checks that it is current. */
import { writeFile } from 'node:fs/promises'
import { accessPage } from '../packages/control-plane/src/testing/access-page.ts'
import { inRepository } from './building/programs.ts'

await writeFile(inRepository('docs/api-access.md'), accessPage())
