/** Which sources a build is made from: their commit and its time, as git says. A copy without git has neither. */
import { execFileSync } from 'node:child_process'
import { inRepository } from './programs.ts'

function git(...args: string[]): string | null {
  try {
    return execFileSync('git', ['-C', inRepository('.'), ...args], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return null
  }
}

/** Twelve digits, and `-dirty` if the sources differ from that commit. */
export const commitOfSources = (): string | null => git('describe', '--always', '--dirty', '--abbrev=12', '--exclude=*')

/** Seconds since 1970: what a build writes as its time, so that the same sources give the same bytes. */
export const timeOfSources = (): number => Number(git('log', '-1', '--format=%ct') ?? 0)

/** For rolldown: `FAIRLEAD_COMMIT` of packages/contract/src/release.ts. */
export const defineCommit = () => ({ define: { FAIRLEAD_COMMIT: JSON.stringify(commitOfSources()) } })
