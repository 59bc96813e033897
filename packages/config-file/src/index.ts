/** The file of a cluster environment: a writer, and one reader for the command line and the console. */
export { readConfigYaml } from './read-config-yaml.ts'
export { writeConfigYaml, type ConfigText } from './write-config-yaml.ts'
