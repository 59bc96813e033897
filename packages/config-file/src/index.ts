/** The file of a cluster environment: one reader for the command line and the console, and what writes it. */
export { readConfigYaml } from './read-config-yaml.ts'
export { writeConfigYaml, type ConfigText } from './write-config-yaml.ts'
