/**
 * Begins with the files that take longest, for the most part waiting: a layer does not end with one of them alone. Where Vitest remembers a
 * run it sorts by that; a bare clone knows only the sizes of files.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const longest = /\/e2e\/src\/(?:main-job|full-disk|replicas|lost-head|cluster-life)\.test\.ts$/

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { long = [], other = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      longest.test(moduleId) ? 'long' : 'other',
    )
    return [...long, ...other]
  }
}
