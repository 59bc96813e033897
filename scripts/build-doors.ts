/**
 * `npm run build:doors`: the two programs that Docker and the kubelet start for each pull, bundled, since such a start mostly
 * finds and reads files. `npm run build` builds them as well, next to the `fairlead` command.
 * They go into the package's own folder, or into the given one.
 */
import { bundle } from './building/bundle.ts'
import { doors, inRepository } from './building/programs.ts'

const folder = process.argv[2] ?? inRepository('packages/doors/dist')
for (const path of await bundle(doors, folder)) console.log(path)
