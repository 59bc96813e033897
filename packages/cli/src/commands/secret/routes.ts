/** `fairlead secret`: the arguments of each command. */
import { buildCommand, buildRouteMap } from '@stricli/core'
import { argument } from '../../flags.ts'
import { withExamples } from '../../help.ts'

const fromDockerConfig = withExamples(
  buildCommand({
    loader: async () => import('./from-docker-config.ts'),
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [argument('FILE', 'config.json of Docker, or an imagePullSecret; - reads standard input')],
      },
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
  }),
  [
    'fairlead secret from-docker-config ~/.docker/config.json --server registry.example.com |\n' +
      '    aws secretsmanager create-secret --name team/registry-login --secret-string file:///dev/stdin',
    'kubectl get secret regcred -o json | fairlead secret from-docker-config - --server docker.io |\n' +
      '    gcloud secrets create registry-login --data-file=-',
  ],
)

export const secretRoutes = buildRouteMap({
  routes: { fromDockerConfig },
  docs: { brief: 'Secrets for registry logins; offline, and never shown' },
})
