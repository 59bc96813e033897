/** Fetches the Node of which the one file for arm64 is made, or finds it. */
import { nodeBinary } from './building/node-binary.ts'

console.log(await nodeBinary('arm64'))
