/** Runs before the unit tests: a failing property names the failed expectation in its message, so that `test:mutants` can tell it from a crash. */
import * as fc from 'fast-check'

fc.configureGlobal({ includeErrorInReport: true })
