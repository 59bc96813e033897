/**
 * `npm run build:doors`: the two programs that Docker and the kubelet start for each pull, bundled, since most of such a start is
 * finding and reading files. `npm run build` makes them as well, beside the `fairlead` command.
 * They go into the package's own folder, or into the one that is named.
 */
import { bundle } from './building/bundle.ts'
import { doors, inRepository } from './building/programs.ts'

const folder = process.argv[2] ?? inRepository('packages/doors/dist')
for (const path of await bundle(doors, folder)) console.log(path)
