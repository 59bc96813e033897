/** Fetches the Node for the single-file arm64 executable, or finds it. */
import { nodeBinary } from './building/node-binary.ts'

console.log(await nodeBinary('arm64'))
