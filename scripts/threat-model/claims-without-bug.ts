/**
 * The claims of docs/threat-model.md for which no bug is seeded, by their names. The list may only shrink: a new claim comes with a bug in
 * scripts/mutants/seeded-bugs.ts, and a claim that gets one leaves the list.
 */

/** No unit test is cited for these: what proves them needs real services. */
const provedByServices: readonly string[] = [
  'Read a password',
  'The role of the nodes needs no more than the granted secrets in use',
  "In a browser the API token is in the session storage of the console's open tabs alone, and ends with the last of them",
  'A private image that is on a node already is not run by who may not pull it',
  'On AWS and Google Cloud a machine joins by what its cloud says of it, and no token is made or taken',
  'A proof that was forged or changed is worth nothing',
  "A proof is as good as the nodes' role, by design",
  'One machine is one node',
  'A workload has no privileged mode, raw sockets or network settings',
  'Install scripts are off',
  "None in Docker's memory, files or log, in a container, in the agent's state or log",
  'None on a command line or in an environment, as far as looking at all processes many times a second shows',
  'None in Docker, nor in any file of the machine',
  "Ray's token is in no log, no state of an agent and nothing that Docker tells",
]

/** A unit test is cited for these, so a bug can be seeded. */
const notYet: readonly string[] = [
  "Nothing that a machine sends leads the control plane's question elsewhere",
  'Who may only ask cannot keep machines from joining',
  'What starts machines in place of Fairlead gets no secret',
  'Another server does not get the token',
  'The one line of a log about each pull has a closed form, on the node and on the control plane',
  'What is logged of an unforeseen error never has its message, which could quote anything',
  "A password in the place of an image's name is on no record",
]

export const claimsWithoutBug: readonly string[] = [...provedByServices, ...notYet]
