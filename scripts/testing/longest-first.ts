/**
 * Starts with the files that take longest, mostly waiting: a layer then does not end with a single one of them. If Vitest remembers a
 * run, it sorts by that; a bare clone knows only file sizes.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const longest = /\/e2e\/src\/(?:main-job|machines\/full-disk|replicas|cluster-life|console\/clusters)\.test\.ts$/

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { long = [], other = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      longest.test(moduleId) ? 'long' : 'other',
    )
    return [...long, ...other]
  }
}
