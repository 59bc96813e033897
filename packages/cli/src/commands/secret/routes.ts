/** `fairlead secret`: the arguments of each command. */
import { buildRouteMap } from '@stricli/core'
import { oneArgument } from '../../flags.ts'
import { command } from '../../help.ts'

const fromDockerConfig = command({
  loader: async () => import('./from-docker-config.ts'),
  parameters: {
    positional: oneArgument('FILE', 'config.json of Docker, or an imagePullSecret; - reads standard input'),
    flags: {
      server: { kind: 'parsed', parse: String, placeholder: 'HOST', brief: 'The registry of the login' },
    },
  },
  docs: {
    brief: "Convert a login stored by Docker into a secret document, to pipe into your cloud's CLI",
    fullDescription:
      'Writes {"username", "password", "server"} to standard output, which must not be a terminal. Logins that a credential\n' +
      'helper stores, and identity tokens, cannot be converted.',
  },
  examples: [
    'fairlead secret from-docker-config ~/.docker/config.json --server registry.example.com |\n' +
      '    aws secretsmanager create-secret --name team/registry-login --secret-string file:///dev/stdin',
    'kubectl get secret regcred -o json | fairlead secret from-docker-config - --server docker.io |\n' +
      '    gcloud secrets create registry-login --data-file=-',
  ],
})

const document = command({
  loader: async () => import('./document.ts'),
  parameters: {
    flags: {
      username: { kind: 'parsed', parse: String, placeholder: 'NAME', brief: 'The user of the login' },
      server: { kind: 'parsed', parse: String, placeholder: 'HOST', brief: 'The registry of the login' },
    },
  },
  docs: {
    brief: "Ask for a password, and write the secret document to pipe into your cloud's CLI",
    fullDescription:
      'Writes {"username", "password", "server"} to standard output, which must not be a terminal. The password is asked for, or read\n' +
      'from standard input: it is never on a command line, so it is in no shell history.',
  },
  examples: [
    'fairlead secret document --username robot --server registry.example.com |\n' +
      '    aws secretsmanager put-secret-value --secret-id team/registry-login --secret-string file:///dev/stdin',
    'fairlead secret document --username robot --server registry.example.com |\n' +
      '    gcloud secrets versions add registry-login --data-file=-',
  ],
})

export const secretRoutes = buildRouteMap({
  routes: { document, fromDockerConfig },
  docs: { brief: 'Secrets for registry logins; offline, and never shown' },
})
