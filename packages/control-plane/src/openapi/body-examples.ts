/** An example body for each operation in the OpenAPI document; a test parses each with its route's schema. */
import type {
  CreateApiToken,
  CreateBuild,
  CreateCloud,
  CreateCluster,
  CreateClusterEnvironment,
  CreateGrant,
  UpdateCloud,
} from '@fairlead/contract/wire'

const cloudId = 'cld_01k8y5m3q9f7w2c4t6v8x0z1ab'
const publicKey = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'

const config_json: CreateBuild['config_json'] = {
  docker_image: 'example.jfrog.io/team/my-image:tag',
  ray_version: '2.55.1',
  env_vars: { MY_VAR: 'value' },
  registry_login_secret: 'team/registry-login',
}

const createCloud: CreateCloud = {
  name: 'prod',
  provider: 'aws',
  region: 'us-west-2',
  account_id: '111122223333',
}
const updateCloud: UpdateCloud = { region: 'us-east-2', allow_any_secret: false }
const createGrant: CreateGrant = { reference: 'team/registry-login', registries: ['example.jfrog.io'] }
const createEnvironment: CreateClusterEnvironment = { name: 'my-env', config_json }
const createCluster: CreateCluster = { name: 'my-cluster', cluster_environment: 'my-env', worker_count: 1 }
const createApiToken: CreateApiToken = { name: 'ci', role: 'developer' }

export const bodyExamples: Readonly<Record<string, unknown>> = {
  create_cloud: createCloud,
  update_cloud: updateCloud,
  create_cloud_grant: createGrant,
  create_cluster_environment: createEnvironment,
  create_cluster_environment_build: { config_json },
  create_cluster: createCluster,
  start_cluster: { worker_count: 2 },
  create_api_token: createApiToken,
  join_node: {
    token: `fjt_${'A'.repeat(43)}`,
    name: 'node-1',
    checker: false,
    provider: 'aws',
    public_key: publicKey,
  },
  create_join_challenge: { cloud: 'prod' },
  join_node_by_proof: {
    provider: 'gcp',
    nonce: 'n'.repeat(43),
    cloud_id: cloudId,
    name: 'node-1',
    checker: false,
    public_key: publicKey,
    proof: { identity_token: 'header.payload.signature' },
  },
  finish_browser_sign_in: {
    callback: '?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjaf0ifjsldkj',
    state: 'af0ifjsldkjaf0ifjsldkj',
    nonce: 'n-0S6_WzA2Mjn-0S6_WzA2Mj',
    code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  },
  finish_device_sign_in: { device_code: 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS' },
  sign_in_program: { id_token: 'header.payload.signature' },
  send_report: {
    report_id: 'rep_01k8y5m3q9f7w2c4t6v8x0z1ab',
    at: '2026-01-31T12:00:00.000Z',
    node: {
      agent_version: '0.1.0',
      engine_version: '28.5.1',
      platform: 'linux/amd64',
      cpus: 8,
      memory_bytes: 34359738368,
      disk_free_bytes: 107374182400,
      advertise_address: '10.0.0.7',
    },
    workload: null,
    checks: [],
    pulls: [],
  },
}
