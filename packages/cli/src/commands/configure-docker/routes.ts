/** `fairlead configure-docker`: its arguments. */
import { jsonFlag, manyArguments, providerFlag, switchFlag, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'

export const configureDockerCommand = command({
  loader: async () => import('./configure-docker.ts'),
  parameters: {
    positional: { ...manyArguments('HOST=SECRET', 'A registry, and the secret with its login'), minimum: 1 },
    flags: {
      provider: providerFlag(
        'Where the secrets are; by default as for `fairlead pull`; local: in /etc/fairlead/secrets',
      ),
      map: textFlag('FILE', 'The map of logins to write; by default your own, in ~/.config/fairlead'),
      remove: switchFlag('Undo it for these hosts (HOST is enough)'),
      ...jsonFlag,
    },
  },
  docs: {
    brief: 'Let plain `docker pull` find the logins of registries in the secret manager',
    fullDescription:
      'Writes which secret belongs to which registry into the map of logins, and names docker-credential-fairlead for these\n' +
      'registries under credHelpers in ~/.docker/config.json. Everything else in both files stays. Docker then has the password\n' +
      'while it pulls; with `fairlead pull` it does not.',
  },
  examples: [
    'fairlead configure-docker registry.example.com=team/registry-login',
    'fairlead configure-docker registry.example.com=login docker.io=hub-login',
    'fairlead configure-docker registry.example.com --remove',
  ],
})
