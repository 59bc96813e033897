/**
 * `npm run build:adapters`: the two programs that Docker and the kubelet start for each pull, bundled, since most of such a start is
 * finding and reading files. `npm run build` makes them as well, beside the `fairlead` command.
 */
import { bundle } from './building/bundle.ts'
import { adapters, inRepository } from './building/programs.ts'

for (const path of await bundle(adapters, inRepository('packages/agent/dist/adapters'))) console.log(path)
