/**
 * `npm run build:adapters`: the two programs that Docker and the kubelet start for each pull, bundled, since most of such a start is
 * finding and reading files. `npm run build` makes them as well, beside the `fairlead` command.
 * They go into the agent's own folder, or into the one that is named.
 */
import { bundle } from './building/bundle.ts'
import { adapters, inRepository } from './building/programs.ts'

const folder = process.argv[2] ?? inRepository('packages/agent/dist/adapters')
for (const path of await bundle(adapters, folder)) console.log(path)
