/** Bugs against what docs/threat-model.md says under "An attacker who changes our dependencies". */
import type { SeededBug } from '../seeded-bug.ts'

const lockFileTest = 'scripts/dependencies/lock-file.test.ts'

export const dependencies: readonly SeededBug[] = [
  {
    name: 'run install scripts',
    rule: 'S26',
    file: '.npmrc',
    replace: 'ignore-scripts=true\n',
    by: '',
    testFile: lockFileTest,
    test: 'S26: install scripts are off',
  },
  {
    name: 'lock a package without its hash',
    rule: 'S26',
    file: 'package-lock.json',
    replace: '    "node_modules/zod": {\n',
    by: '    "node_modules/zod-of-somebody": { "version": "1.0.0" },\n    "node_modules/zod": {\n',
    testFile: lockFileTest,
    test: 'S26: the lock file > has the hash of each package',
  },
  {
    name: 'lock a package of another place',
    rule: 'S26',
    file: 'package-lock.json',
    replace: '    "node_modules/zod": {\n',
    by: '    "node_modules/zod": {\n      "resolved": "https://evil.example.com/zod.tgz",\n',
    testFile: lockFileTest,
    test: 'S26: the lock file > has a registry version for each, and no other source',
  },
  {
    name: 'ask for a dependency from git',
    rule: 'S26',
    file: 'packages/agent/package.json',
    replace: '"undici": "',
    by: '"undici": "github:nodejs/undici#',
    testFile: lockFileTest,
    test: 'S26: @fairlead/agent asks for versions, and for nothing from git or a URL',
  },
]
