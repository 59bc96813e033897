/** The file of a cluster environment as JSON Schema, for editors: from the schema of the API, with what YAML adds. Pure. */
import { rayVersionPattern } from '@fairlead/contract/names'
import { EnvironmentConfig } from '@fairlead/contract/wire'
import { z } from 'zod'

/** Plain scalars that an editor takes for other types; Fairlead reads each as the text that was typed. */
const scalar = ['string', 'number', 'boolean', 'null']

export function fileSchema(): object {
  const { docker_image, ray_version, env_vars, registry_login_secret } = EnvironmentConfig.shape
  const schema = z.toJSONSchema(
    EnvironmentConfig.extend({
      docker_image: docker_image.meta({
        description: 'The image, as for `docker pull`. Without a host it is on Docker Hub.',
        examples: ['example.jfrog.io/team/my-image:tag'],
      }),
      ray_version: ray_version.meta({
        type: ['string', 'number'],
        pattern: rayVersionPattern.source,
        description: 'The version of Ray in the image.',
        examples: ['2.55.1'],
      }),
      env_vars: env_vars.unwrap().meta({
        type: ['object', 'null'],
        propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
        additionalProperties: { type: scalar },
        description: 'Variables of the containers. The control plane stores them: no place for a password.',
      }),
      registry_login_secret: registry_login_secret.unwrap().meta({
        description: "The name or full identifier of a secret in the nodes' secret manager; never the secret itself.",
        examples: ['team/registry-login'],
      }),
    }).partial({ env_vars: true, registry_login_secret: true }),
    { target: 'draft-7' },
  )
  return { ...schema, title: 'Fairlead cluster environment' }
}
