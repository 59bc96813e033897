/** Before the unit tests: a property that fails says in its message which expectation failed, so that `test:mutants` can tell it from a crash. */
import * as fc from 'fast-check'

fc.configureGlobal({ includeErrorInReport: true })
