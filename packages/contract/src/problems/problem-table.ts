/**
 * All problems in one table. It determines HTTP status, exit code, console text and the docs page of each code. `what` and `fix` may name facts in
 * braces. Exit codes: 1 it failed, 2 usage, 3 mismatch or refused by a rule, 4 bad input, 5 not found or conflict, 6 not allowed, 7 cannot reach.
 */

/** Who can act on a problem. */
export type Who = 'you' | 'node-owner' | 'registry-admin' | 'cloud-admin'

/** The same in words, for places with enough room. */
export const whoCanAct: Readonly<Record<Who, string>> = {
  you: 'you',
  'node-owner': "the node's owner",
  'registry-admin': "the registry's administrator",
  'cloud-admin': 'an administrator of Fairlead or of the cloud account',
}

export interface ProblemRow {
  readonly status: number
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 7
  /** Whether the same call can succeed later without anybody doing anything. */
  readonly retry: boolean
  readonly title: string
  readonly what: string
  readonly fix: string
  readonly who: Who
}

const row = <const What extends string, const Fix extends string>(
  status: number,
  exit: ProblemRow['exit'],
  who: Who,
  title: string,
  what: What,
  fix: Fix,
  retry = false,
) => ({ status, exit, retry, title, what, fix, who })

const asking = {
  USAGE: row(400, 2, 'you', 'the command line is not understood', '{reason}', 'See `fairlead --help` for the commands and their flags.'),
  REQUEST_MALFORMED: row(400, 4, 'you', 'the request is not readable', 'the request body is not JSON', 'Send a JSON object with Content-Type: application/json.'),
  REQUEST_INVALID: row(422, 4, 'you', 'the request is not valid', 'the request has fields that are not valid', 'Correct the fields that are listed.'),
  REQUEST_TOO_LARGE: row(413, 4, 'you', 'the request is too large', 'the request body is larger than {limit_bytes} bytes', 'Send less in one request.'),
  REQUEST_TOO_SLOW: row(408, 7, 'you', 'the request did not arrive whole', 'the body of the request stopped on its way', 'Send it again.', true),
  ROUTE_NOT_FOUND: row(404, 5, 'you', 'no such address', 'this control plane has nothing at that address', 'See /api/v1/openapi.json for what there is.'),
  METHOD_NOT_ALLOWED: row(405, 4, 'you', 'the method is not allowed here', 'this address does not take {method}', 'See /api/v1/openapi.json for what it takes.'),
  HOST_NOT_ALLOWED: row(421, 4, 'you', 'the control plane has another name', 'the control plane does not answer under the name in the Host header', 'Use the address that `fairlead serve` printed, or start it with --origin.'),
  CONFIG_FILE_UNREADABLE: row(400, 4, 'you', 'the file cannot be read', '{path} cannot be read: {reason}', 'Check the path and your right to read it.'),
  FILE_TOO_LARGE: row(413, 4, 'you', 'the file is too large', '{path} is too large: {reason}', 'Check that it is the file you mean.'),
  CONFIG_YAML_MALFORMED: row(422, 4, 'you', 'the file is not YAML', '{path} is not valid YAML at line {line}, column {column}: {reason}', 'Correct that line.'),
  CONFIG_UNKNOWN_FIELD: row(422, 4, 'you', 'an unknown field', 'there is no field {name}', 'The fields are docker_image, ray_version, env_vars and registry_login_secret.'),
  CONFIG_INVALID: row(422, 4, 'you', 'the configuration is not valid', '{path} cannot be used: {reason}', 'Correct that field, then send the configuration again.'),
  DOCKER_CONFIG_INVALID: row(422, 4, 'you', 'that is no Docker configuration', '{path} cannot be used: {reason}', 'Give a config.json of Docker, or an imagePullSecret as `kubectl get secret NAME -o json` prints it.'),
  DOCKER_CONFIG_NO_LOGIN: row(422, 5, 'you', 'the Docker configuration has no such login', '{path} has no login for {registry}', 'Use one of the hosts under `auths`; for Docker Hub it is docker.io.'),
  DOCKER_CONFIG_LOGIN_UNUSABLE: row(422, 4, 'you', 'that login cannot become a secret', 'the login for {registry} in {path} cannot be used: {reason}', 'Make a read-only access token at the registry and store username, password and server in the secret manager yourself.'),
  IMAGE_REF_INVALID: row(422, 4, 'you', 'the image name is not valid', 'the image name is not of the form [HOST[:PORT]/]PATH[:TAG][@DIGEST]: {reason}', 'Write it as you would for `docker pull`.'),
  SECRET_REF_INVALID: row(422, 4, 'you', 'the secret reference is not valid', 'the secret reference is neither a name nor a full identifier for this provider: {reason}', 'Give the name; or on AWS the full ARN, on GCP /projects/P/secrets/S/versions/V.'),
  REFERENCE_LOOKS_LIKE_A_SECRET: row(422, 4, 'you', 'that looks like a secret', 'what was given as a secret reference looks like a secret itself; it was refused, and Fairlead keeps no copy of it', 'Put the secret into the secret manager and give its name here; if it was real, revoke it, since it is in your file or shell history.'),
  REGISTRY_INVALID: row(422, 4, 'you', 'that names no registry', 'a registry is not of the form HOST[:PORT]', 'Write it as in the image name: `example.jfrog.io`.'),
  REFERENCE_NOT_ALLOWED: row(403, 3, 'cloud-admin', 'the secret reference is not granted', 'no grant of this cloud covers the secret reference for the registry of the image', 'Ask an admin to grant it for that registry: `fairlead cloud grant REFERENCE --registry HOST`.'),
  NAME_INVALID: row(422, 4, 'you', 'the name is not valid', 'the name is not 1 to 128 of A-Z a-z 0-9 . _ -', 'Choose a name that is.'),
  NAME_IN_USE: row(409, 5, 'you', 'the name is in use', 'the name {name} is already in use', 'Choose another name, or use the one that exists.'),
  IDEMPOTENCY_KEY_REUSED: row(409, 5, 'you', 'the idempotency key was used before', 'this Idempotency-Key came before with another request', 'Use a new key for a new request.'),
  CLOUD_MISSING: row(409, 5, 'you', 'there is no cloud yet', 'no cloud has been created', 'Create one: `fairlead cloud create -n NAME --provider aws|gcp|local`.'),
  CLOUD_REQUIRED: row(422, 4, 'you', 'no cloud was named', 'there are {count} clouds, and the request does not say which', 'Name one with --cloud-name (API: cloud_id).'),
  CLOUD_NOT_FOUND: row(404, 5, 'you', 'no such cloud', 'there is no cloud {name}', 'See `fairlead cloud list`.'),
  CLOUD_PLACE_UNKNOWN: row(409, 5, 'cloud-admin', 'the cloud does not say where it is', 'the cloud {name} lacks what its policy must name: on aws a region and an account, on gcp a project', 'Create a cloud that says so: `fairlead cloud create` with --region and --account-id, or --project-id.'),
  POLICY_NOT_NEEDED: row(409, 5, 'you', 'no policy is needed', 'the nodes read no secret of a cloud for {name}', 'Nothing to do: only environments with a registry_login_secret on aws or gcp need a policy.'),
  GRANT_NOT_FOUND: row(404, 5, 'you', 'no such grant', 'this cloud has no such grant', 'See `fairlead cloud grant --list`.'),
  CLUSTER_ENV_NOT_FOUND: row(404, 5, 'you', 'no such cluster environment', 'there is no cluster environment {name}', 'See `fairlead cluster-env list`.'),
  CLUSTER_ENV_ARCHIVED: row(409, 5, 'you', 'the cluster environment is archived', 'the cluster environment {name} is archived and starts no cluster', 'Use another one, or build a new one.'),
  BUILD_NOT_FOUND: row(404, 5, 'you', 'no such build', 'there is no build {name}', 'See `fairlead cluster-env list` for the environments and their builds.'),
  BUILD_FAILED: row(409, 1, 'you', 'the build failed', 'the build {name} failed its check, so no cluster starts from it', 'Fix what its problem says, then check it again: `fairlead cluster-env verify {name}`.'),
  BUILD_OF_OTHER_CLOUD: row(409, 5, 'you', 'the build is of another cloud', 'the build belongs to another cloud than the cluster, and a cluster runs in the cloud of its build', 'Leave the cloud out, or name a build of that cloud.'),
  CLUSTER_NOT_FOUND: row(404, 5, 'you', 'no such cluster', 'there is no cluster {name}', 'See `fairlead cluster list`.'),
  CLUSTER_BUSY: row(409, 5, 'you', 'the cluster is not terminated', 'the cluster {name} is not terminated, so it cannot be changed or started', 'Terminate it first: `fairlead cluster terminate -n {name}`.'),
  CLUSTER_NOT_RUNNING: row(409, 5, 'you', 'the cluster does not run', 'Ray does not run in the cluster {name}, so there is nothing to connect to', 'See how far it is: `fairlead cluster status -n {name}`.'),
  CLUSTER_TERMINATED: row(409, 1, 'you', 'the start was cancelled', 'the cluster {name} was terminated before Ray ran', 'Start it again if that was not meant: `fairlead cluster start -n {name}`.'),
  NODE_NOT_FOUND: row(404, 5, 'you', 'no such node', 'there is no node {name}', 'See `fairlead node list`.'),
  PULL_NOT_FOUND: row(404, 5, 'you', 'no such pull', 'there is no pull {name}', 'See `fairlead pulls list`.'),
  PULL_REMOVED: row(404, 5, 'you', 'the pull record is not kept any more', 'there is no pull {name} here; records that came until {time} were removed for their age', 'Look in a backup from before, or in the own ledger of its node: pulls.jsonl in its state directory.'),
  TOKEN_NOT_FOUND: row(404, 5, 'you', 'no such token', 'there is no token {name}', 'See `fairlead token list`.'),
  NOT_ENOUGH_NODES: row(409, 1, 'cloud-admin', 'too few free nodes', 'free nodes: {count}; the cluster needs {needed}', 'Join more nodes (`fairlead node join-token`), or terminate a cluster; this one then starts automatically.', true),
  CHECK_PENDING: row(409, 1, 'cloud-admin', 'not checked yet', 'registered, not checked yet: no node of this cloud is online', 'Join a node, or a machine that only checks and needs no Docker: what `fairlead node join-token` prints, with --checker.', true),
} as const satisfies Record<string, ProblemRow>

const identity = {
  TOKEN_MISSING: row(401, 6, 'you', 'not signed in', 'the request carries no token', 'Run `fairlead login`, or set FAIRLEAD_TOKEN.'),
  TOKEN_INVALID: row(401, 6, 'you', 'the token is not valid', 'the control plane does not know this token, or it was revoked', 'Ask an admin for a new one: `fairlead token create`.'),
  ROLE_TOO_LOW: row(403, 6, 'cloud-admin', 'your role may not do this', 'the token has the role {role}, which does not allow this request', 'Ask an admin to do it, or to give you a token with a higher role.'),
  TOKEN_LIMITED_TO_CLOUDS: row(403, 6, 'cloud-admin', 'the token is limited to clouds', 'the token is limited to some clouds, and this request goes beyond them', 'Name one of its clouds (`fairlead cloud list`), or ask an admin whose token is not limited.'),
  TOO_MANY_ATTEMPTS: row(429, 6, 'you', 'too many wrong tokens', 'wrong token, after many other failed attempts from this network', 'Get the token right, then try again; wait {seconds} s first. A token that is valid is never refused for this.'),
  JOIN_TOKEN_INVALID: row(401, 6, 'cloud-admin', 'the join token is not valid', 'the control plane does not know this join token', 'Make a new one: `fairlead node join-token`.'),
  JOIN_TOKEN_EXPIRED: row(401, 6, 'cloud-admin', 'the join token has expired', 'this join token is older than 15 minutes', 'Make a new one: `fairlead node join-token`.'),
  JOIN_TOKEN_USED: row(409, 6, 'cloud-admin', 'the join token was used', 'this join token was already used by node {node}', 'Make a new one: `fairlead node join-token`; if that node is not yours, revoke it first.'),
  JOIN_PROVIDER_DIFFERS: row(409, 4, 'node-owner', 'the token is for machines of another provider', 'the join token is for a cloud of provider {provider}', 'Join with --provider {provider}; the token is still good.'),
  JOIN_BY_PROOF: row(409, 6, 'node-owner', 'machines join this cloud without a token', 'the cloud {name} takes no tokens: a machine proves what it is by its own cloud identity', 'Run on the machine: `fairlead agent join --cloud {name}`, with the host and the provider.'),
  JOIN_BY_TOKEN: row(409, 6, 'cloud-admin', 'machines join this cloud with a token', 'the cloud {name} takes no proof of identity', 'Make a token: `fairlead node join-token --cloud-name {name}`.'),
  JOIN_CHALLENGE_INVALID: row(401, 6, 'node-owner', 'the join took too long', 'the challenge of this join is not known here, too old, or was used', 'Join again.', true),
  TOO_MANY_STREAMS: row(429, 7, 'you', 'too many streams of events', 'this token holds {count} streams of events open', 'Close some of them, or give programs tokens of their own.', true),
  JOIN_BUSY: row(503, 7, 'node-owner', 'too many machines are joining', 'more machines ask to join than the control plane can look at now', 'Wait a few seconds, then join again.', true),
  JOIN_ORIGIN_DIFFERS: row(409, 3, 'node-owner', 'the control plane goes by another name', 'the control plane calls itself {host}; this machine proves itself to no other name than the one it was given', 'Give that address as --host, if it is the one you mean.'),
  NODE_PROOF_REFUSED: row(403, 6, 'cloud-admin', 'the machine is not one of this cloud', 'the proof of identity was refused: {reason}', 'Check the name that was given with --cloud, and account, project and node role of that cloud (`fairlead cloud list`); then what the machine runs as.'),
  CLOUD_IDENTITY_UNREACHABLE: row(503, 7, 'cloud-admin', 'the identity cannot be checked now', 'the control plane gets no answer from {host}', 'Check the control plane\'s way there, then join again.', true),
  INSTANCE_ALREADY_JOINED: row(409, 6, 'cloud-admin', 'this machine is a node already', 'this machine is node {node}, which is being heard from', 'Use that node; if it is not yours, revoke it: `fairlead node revoke {node}`.'),
  NODE_SIGNATURE_INVALID: row(401, 6, 'node-owner', 'the node could not be recognised', 'the request is not signed by the key of this node', 'Join the machine again, with --replace: what `fairlead node join-token` prints.'),
  NODE_REQUEST_REPEATED: row(401, 6, 'node-owner', 'the request of the node was repeated', 'a request with the same signature came before', 'Wait; the agent signs a new one. If this continues, check what is between the node and the control plane.', true),
  NODE_SESSION_EXPIRED: row(401, 6, 'node-owner', 'the node session has ended', 'the session of this node has ended', 'Wait; the agent opens a new session.', true),
  NODE_REVOKED: row(403, 6, 'cloud-admin', 'the node was revoked', 'this node was revoked by an admin', 'If that was a mistake, join the machine again: what `fairlead node join-token` prints.'),
  NODE_FORGOTTEN: row(403, 6, 'node-owner', 'the node was forgotten', 'this node left, or was forgotten after a long silence', 'Join the machine again with the command that `fairlead node join-token` prints. An agent of an attested cloud joins again automatically.'),
  NODE_HOLDS_CLUSTER: row(409, 5, 'node-owner', 'the node takes part in a cluster', 'the node takes part in the cluster {name}, and would leave it without a node', 'Terminate the cluster first: `fairlead cluster terminate -n {name}`.'),
} as const satisfies Record<string, ProblemRow>

const secretManager = {
  NODE_IDENTITY_MISSING: row(424, 6, 'node-owner', 'the node has no cloud identity', 'the node found no {provider} credentials of its own', 'Attach the instance profile or service account that may read the secret.'),
  NODE_REGION_MISSING: row(424, 6, 'node-owner', 'the node does not know its region', 'the node was not told its AWS region, and no metadata service told it a known one', 'Set AWS_REGION in the environment, or region in the AWS configuration file; on EC2, let the node reach its metadata service.'),
  NODE_CREDENTIALS_UNKNOWN: row(424, 6, 'node-owner', 'the cloud does not know the credentials', '{provider} does not know the key id or the session token of the node\'s credentials', 'Check which credentials the agent finds first: AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN, a profile, or the role of the machine. A temporary key needs its session token.'),
  NODE_CREDENTIALS_EXPIRED: row(424, 6, 'node-owner', 'the node\'s credentials have expired', '{provider} says that the node\'s temporary credentials have expired', 'Replace them; or remove the copy in the environment or profile, so that the agent uses the role of the machine, which renews its own.'),
  NODE_SIGNATURE_REJECTED: row(424, 6, 'node-owner', 'the cloud rejected the node\'s signature', '{provider} rejected the signature of the node\'s request', 'Check the secret access key, and the clock of the machine: `timedatectl` says whether it is synchronized.'),
  NODE_IDENTITY_UNAVAILABLE: row(424, 7, 'cloud-admin', 'the cloud does not say who the node is', 'the cloud\'s identity service is throttling or failing ({http_status})', 'Try again in a minute; see the status page of the cloud if this continues.', true),
  NODE_SCOPE_TOO_NARROW: row(424, 6, 'node-owner', 'the machine\'s access scopes are too narrow', 'the access scopes of this machine do not let its service account ask for {reference}', 'Give the machine the scope cloud-platform (it must be stopped for that); what its service account may do is then decided by IAM alone.'),
  SECRET_MANAGER_DISABLED: row(424, 6, 'cloud-admin', 'the secret manager is not switched on', 'the API of the secret manager is not enabled in the project of the secret {reference}', 'Run `gcloud services enable secretmanager.googleapis.com --project PROJECT`; it takes a few minutes.'),
  SECRET_ANSWER_UNCHECKED: row(424, 7, 'node-owner', 'the secret came without a checksum', 'the answer for the secret {reference} has no checksum (dataCrc32c), so it may not be whole; it was not used', 'Check what answers in place of Google, which always sends one: an emulator, or a proxy that changes the answer.'),
  SECRET_ANSWER_UNUSABLE: row(424, 7, 'node-owner', 'the secret did not arrive whole', 'the answer for the secret {reference} is not one of the secret manager, or does not match its checksum; it was not used', 'Try again. If this continues, look for a proxy between the node and the secret manager that changes answers.', true),
  SECRET_NOT_FOUND: row(424, 5, 'you', 'no such secret', 'the secret manager has no secret {reference}', 'Create it there, or correct registry_login_secret; a bare name is looked up in the node\'s own account and region.'),
  SECRET_ACCESS_DENIED: row(424, 6, 'cloud-admin', 'the node may not read the secret', 'the secret manager did not let the node read {reference}', 'Give the nodes\' role the right to read this secret (AWS secretsmanager:GetSecretValue, GCP secretmanager.versions.access).'),
  SECRET_DECRYPT_DENIED: row(424, 6, 'cloud-admin', 'the node may not decrypt the secret', 'the node may read the secret {reference}, but its key did not let the node decrypt it', 'Give the nodes\' role kms:Decrypt on the key of the secret.'),
  SECRET_UNAVAILABLE: row(424, 5, 'cloud-admin', 'the secret cannot be read now', 'the secret {reference} is disabled, destroyed or scheduled for deletion', 'Restore it in the secret manager, or name another secret or version.'),
  SECRET_MANAGER_UNREACHABLE: row(424, 7, 'node-owner', 'no way to the secret manager', 'the node could not reach its secret manager in {region}', 'Check the node\'s route to it, or its VPC endpoint, DNS and proxy.', true),
  SECRET_MANAGER_TLS: row(424, 7, 'node-owner', 'the secret manager\'s certificate is not trusted', 'the node does not trust the TLS certificate of its secret manager in {region}; nothing was sent', 'If a proxy or an endpoint of your own answers there, add its CA to the system\'s store, or name it as secret_manager_ca in /etc/fairlead/policy.yaml; then start the agent again.'),
  SECRET_MANAGER_TLS_EXPIRED: row(424, 7, 'node-owner', 'the secret manager\'s certificate has expired', 'the TLS certificate of the secret manager in {region} expired on {expired_on}', 'Set the node\'s clock if that day is still to come; else renew the certificate of the proxy or endpoint that answers there.'),
  SECRET_MANAGER_TLS_NOT_YET_VALID: row(424, 7, 'node-owner', 'the secret manager\'s certificate is not valid yet', 'the TLS certificate of the secret manager in {region} is not valid before {valid_from}', 'Set the node\'s clock if that day has come; if not, check the clock of the machine that issued the certificate of the proxy or endpoint that answers there.'),
  SECRET_MANAGER_TLS_NAME: row(424, 7, 'node-owner', 'the secret manager\'s certificate is for another name', 'the TLS certificate of what answers as the secret manager in {region} is for other names', 'Check the node\'s DNS, its VPC endpoint and AWS_ENDPOINT_URL…: the certificate must name the host that is asked.'),
  SECRET_MANAGER_THROTTLED: row(424, 7, 'cloud-admin', 'the secret manager asks to slow down', 'the secret manager throttled the read of {reference}', 'Wait; the node retries.', true),
  SECRET_MANAGER_TLS_HANDSHAKE: row(424, 7, 'node-owner', 'no TLS connection to the secret manager', 'the TLS handshake with the secret manager in {region} failed', 'Check the proxy, VPC endpoint or AWS_ENDPOINT_URL… that answers there: it must speak TLS 1.2 or newer on that port.'),
  SECRET_MANAGER_FAILED: row(424, 7, 'cloud-admin', 'the secret manager failed', 'the secret manager answered with an error of its own ({http_status})', 'Try again in a minute; see the status page of the cloud if this continues.', true),
  SECRET_MANAGER_PLAIN_HTTP: row(424, 3, 'node-owner', 'plain http to the cloud is refused', 'the node is configured to ask a service of its cloud over plain http, which would show the secret and the node\'s keys; nothing was sent', 'Give an https address or none, in AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_… of the agent\'s environment and endpoint_url in its AWS configuration file; plain http is for loopback alone. Then start the agent again.'),
  METADATA_ADDRESS_REFUSED: row(424, 3, 'node-owner', 'the metadata service has a foreign address', 'the node is configured to ask a metadata service that is not on its own network, and the node\'s keys would come from there in plain http; nothing was sent', 'Give GCE_METADATA_HOST or AWS_EC2_METADATA_SERVICE_ENDPOINT in the agent\'s environment a loopback, link-local or private address, or take it away. Then start the agent again.'),
  SECRET_FILE_UNSAFE: row(424, 6, 'node-owner', 'the secret file is not safe', 'the local secret {reference} is not a regular file with one link that root alone can read', 'Replace it in the node\'s secrets folder by a plain file, owned by root, with mode 0600.'),
  SECRET_NOT_ALLOWED_HERE: row(424, 3, 'node-owner', 'the node does not allow this secret', 'the node\'s own policy does not list the secret {reference} for this registry', 'Ask the node\'s owner to add it to allowed_secrets in /etc/fairlead/policy.yaml.'),
  SECRET_TOO_LARGE: row(424, 4, 'you', 'the secret is too large', 'the secret is larger than 65,536 bytes', 'Store nothing but username, password and server in it.'),
  SECRET_NOT_JSON: row(424, 4, 'you', 'the secret is not JSON', 'the text of the secret is not one JSON object', 'Store one object: {"username": "…", "password": "…", "server": "…"}.'),
  SECRET_FIELD_MISSING: row(424, 4, 'you', 'the secret lacks a field', 'the secret has no field {field}', 'Add it to the secret, which needs username, password and server.'),
  SECRET_FIELD_INVALID: row(424, 4, 'you', 'a field of the secret is not valid', 'the field {field} of the secret is not a usable string', 'Store it as one non-empty string, named once, without control characters (and no colon in username). The one password of several lines is the key file of a Google service account, with the username _json_key.'),
  SECRET_SERVER_MALFORMED: row(424, 3, 'you', 'the server of the secret is not valid', 'the field server of the secret is not a host that can be compared with the registry of the image, {registry}; the login was not used and nothing was sent', 'Set `server` in the secret to {registry}.'),
  CREDENTIAL_SERVER_MISMATCH: row(424, 3, 'you', 'the secret is for another registry', 'the secret\'s server is not the registry of the image, {registry}; the login was not used and nothing was sent', 'Set `server` in the secret to {registry}, or correct the host in docker_image (an image without a host is on docker.io).'),
} as const satisfies Record<string, ProblemRow>

const registry = {
  REGISTRY_NOT_ALLOWED: row(424, 3, 'node-owner', 'the node does not allow this registry', 'the node\'s own policy does not allow images from {registry}', 'Ask the node\'s owner to add it to allowed_registries in /etc/fairlead/policy.yaml.'),
  REGISTRY_DNS: row(424, 7, 'you', 'the registry\'s name is not known', 'the name {registry} does not resolve on the node', 'Check the host in docker_image, and the node\'s DNS.', true),
  REGISTRY_UNREACHABLE: row(424, 7, 'registry-admin', 'the registry does not answer', 'the node gets no connection to {registry}', 'Check that the registry runs and that the node has a route to it.', true),
  REGISTRY_TIMEOUT: row(424, 7, 'registry-admin', 'the registry is too slow', '{registry} did not answer within {seconds} seconds', 'Try again; ask the registry\'s admin if this continues.', true),
  REGISTRY_TLS: row(424, 7, 'node-owner', 'the registry\'s certificate is not trusted', 'the node does not trust the TLS certificate of {registry}', 'If its CA is private, add it to the system\'s store, or name it under registry_ca in /etc/fairlead/policy.yaml, and start the agent again; if not, ask the registry\'s admin for a valid certificate.'),
  REGISTRY_TLS_EXPIRED: row(424, 7, 'registry-admin', 'the registry\'s certificate has expired', 'the TLS certificate of {registry} expired on {expired_on}', 'Ask the registry\'s admin to renew it; if that day is still to come, set the node\'s clock.'),
  REGISTRY_TLS_NOT_YET_VALID: row(424, 7, 'node-owner', 'the registry\'s certificate is not valid yet', 'the TLS certificate of {registry} is not valid before {valid_from}', 'Set the node\'s clock if that day has come; if not, ask the registry\'s admin for a valid certificate.'),
  REGISTRY_TLS_NAME: row(424, 7, 'registry-admin', 'the registry\'s certificate is for another name', 'the TLS certificate of {registry} is for other names than that', 'Write the host in docker_image as the certificate names it, or ask the registry\'s admin for a certificate that names this host.'),
  REGISTRY_TLS_HANDSHAKE: row(424, 7, 'registry-admin', 'no TLS connection to the registry', 'the TLS handshake with {registry} failed', 'Check the port in docker_image: the registry must speak TLS 1.2 or newer there, and ask for no client certificate.'),
  REGISTRY_ADDRESS_REFUSED: row(424, 3, 'node-owner', 'the registry\'s address is refused', '{registry} resolves to an address that no registry may have (link-local, metadata, loopback or unspecified)', 'Correct the host in docker_image; a registry on the node itself is listed under loopback_registries in /etc/fairlead/policy.yaml.'),
  REGISTRY_PLAIN_HTTP: row(424, 3, 'node-owner', 'a login over plain http is refused', '{registry} is listed under plain_http_registries, which is for anonymous pulls; the login was not used and nothing was sent', 'Serve the registry over https and take it off that list, or name no registry_login_secret.'),
  REGISTRY_OF_ANOTHER_USER: row(424, 3, 'node-owner', 'another user serves in the registry\'s place', 'the server at {registry} on the node belongs to the user with the id {uid}, and any user can listen there while the registry is down; nothing was sent', 'Start the registry. If it runs as that user, list the id under loopback_users in /etc/fairlead/policy.yaml, or serve it over https.'),
  REGISTRY_RATE_LIMITED: row(424, 7, 'registry-admin', 'the registry asks to slow down', '{registry} limits the rate of pulls', 'Wait and try again, or ask the registry\'s admin for a higher limit.', true),
  REGISTRY_UNAVAILABLE: row(424, 7, 'registry-admin', 'the registry failed', '{registry} answered with an error of its own ({http_status})', 'Try again; ask the registry\'s admin if this continues.', true),
  REGISTRY_PROTOCOL: row(424, 1, 'registry-admin', 'the registry\'s answer makes no sense', '{registry} gave an answer that the distribution protocol does not allow', 'Check that the host in docker_image is a registry.'),
  REGISTRY_REDIRECT_REFUSED: row(424, 3, 'registry-admin', 'a redirect was refused', '{registry} redirects a request that may not be redirected, or to an address that is not https', 'Ask the registry\'s admin to answer without that redirect; only layers may redirect, and only to https.'),
  CHALLENGE_MALFORMED: row(424, 3, 'registry-admin', 'the registry\'s challenge is malformed', '{registry} asks for a login in a way that cannot be read; nothing was sent', 'Ask the registry\'s admin to correct its WWW-Authenticate header.'),
  CHALLENGE_UNSUPPORTED: row(424, 3, 'registry-admin', 'the registry asks for another kind of login', '{registry} asks for a login that is neither Bearer nor Basic; nothing was sent', 'Ask the registry\'s admin to offer Basic or token authentication.'),
  TOKEN_REALM_NOT_TRUSTED: row(424, 3, 'node-owner', 'the token realm is not trusted', '{registry} names a token realm on another host, which is not trusted with the login; nothing was sent', 'If that realm is right, ask the node\'s owner to list the pair under trusted_realms in /etc/fairlead/policy.yaml; the agent\'s own log and `fairlead doctor` on the node have the line.'),
  TOKEN_REALM_UNREACHABLE: row(424, 7, 'registry-admin', 'the token realm does not answer', 'the token realm of {registry} could not be reached', 'Try again; ask the registry\'s admin if this continues.', true),
  TOKEN_REALM_FAILED: row(424, 7, 'registry-admin', 'the token realm failed', 'the token realm of {registry} answered with an error of its own ({http_status})', 'Try again; ask the registry\'s admin if this continues.', true),
  TOKEN_ANSWER_INVALID: row(424, 1, 'registry-admin', 'the token realm gave no token', 'the token realm of {registry} answered without a usable token', 'Ask the registry\'s admin to check its token service.'),
  REGISTRY_AUTH_MISSING: row(424, 6, 'you', 'the image needs a login', '{registry} asks for a login, and no registry_login_secret was named', 'Store the login in the secret manager and name it in registry_login_secret.'),
  REGISTRY_LOGIN_REJECTED: row(424, 6, 'you', 'the registry rejected the login', '{registry} rejected the username and password of the secret', 'Correct them in the secret manager; no restart is needed.'),
  REGISTRY_ACCESS_DENIED: row(424, 6, 'registry-admin', 'the login may not pull this image', 'the login may not pull {repository} from {registry}', 'Give the user read access to that repository, or correct docker_image.'),
  IMAGE_NOT_FOUND: row(424, 5, 'you', 'no such image', '{registry} has no such tag or digest in {repository}', 'Correct the tag in docker_image, or push it; if it was deleted, build again.'),
  IMAGE_INCOMPLETE: row(424, 1, 'registry-admin', 'the image is incomplete', '{registry} lacks a part of the image {repository}', 'Push the image again, all layers included.'),
  IMAGE_CORRUPT: row(424, 1, 'registry-admin', 'the image is corrupt', '{registry} served parts of {repository} whose bytes do not have their digest', 'Try again; if this continues, push the image again.'),
  IMAGE_UNSUPPORTED: row(424, 4, 'you', 'that is not an image that Docker runs', 'the manifest of {repository} is not a container image that this node accepts', 'Push a container image: Docker v2 or OCI, with layers as tar, gzip or zstd. Charts, artifacts and schema 1 images cannot be run.'),
  IMAGE_LAYER_ELSEWHERE: row(424, 4, 'you', 'a layer of the image is kept somewhere else', 'the manifest of {repository} names another place (`urls`) for a layer; a node takes layers from the image\'s registry only', 'Push the image with all of its layers: set `allow-nondistributable-artifacts` in the builder\'s /etc/docker/daemon.json to {registry}, then push again.'),
  IMAGE_PLATFORM_MISMATCH: row(424, 4, 'you', 'the image is for another platform', 'the image has nothing for {node_platform}, the platform of the node', 'Build the image for {node_platform}, for example with `docker build --platform`.'),
  IMAGE_TOO_LARGE: row(424, 3, 'node-owner', 'the image is too large', 'the image has {bytes} bytes and the node allows {limit_bytes}', 'Make the image smaller, or raise max_image_bytes in /etc/fairlead/policy.yaml.'),
  PULL_STALLED: row(424, 7, 'registry-admin', 'the pull stalled', '{registry} stopped sending for {seconds} seconds', 'Try again; ask the registry\'s admin if this continues.', true),
} as const satisfies Record<string, ProblemRow>

const node = {
  ENGINE_UNREACHABLE: row(424, 7, 'node-owner', 'Docker does not answer on the node', 'the Docker Engine of the node does not answer', 'Start it (`systemctl start docker`), or give --docker-socket.', true),
  ENGINE_ACCESS_DENIED: row(424, 6, 'node-owner', 'this user may not use Docker', 'this user may not connect to the socket of the Docker Engine', 'Run it with sudo, or let the user use Docker (`sudo usermod -aG docker USER`), then log in again.', true),
  ENGINE_CANNOT_REACH_GATEWAY: row(424, 7, 'node-owner', 'Docker cannot reach the agent', 'the Docker Engine does not share the agent\'s loopback (rootless, remote, or Docker Desktop)', 'Use an engine that runs on this machine, as root.'),
  ENGINE_TOO_OLD: row(424, 4, 'node-owner', 'Docker is too old', 'the Docker Engine of the node speaks API {version}, and {expected_version} is the oldest that is used', 'Install Docker Engine 19.03 or newer on the node.'),
  ENGINE_CANNOT_UNPACK: row(424, 4, 'node-owner', 'Docker cannot unpack the image', 'layers of {repository} are compressed with zstd, and the Docker Engine of the node, version {version}, does not know it', 'Install Docker Engine {expected_version} or newer on the node; or build the image with gzip: `docker buildx build --output type=image,compression=gzip,force-compression=true`.'),
  ENGINE_FAILED: row(424, 1, 'node-owner', 'Docker reported an error', 'the Docker Engine refused a step with status {http_status}', 'See Docker\'s own words in the agent\'s log on the node, `journalctl -u fairlead-agent`, and more in Docker\'s, `journalctl -u docker`.'),
  NODE_DISK_FULL: row(424, 1, 'node-owner', 'the node\'s disk is full', 'there is not enough space on the node for the image', 'Free space (`docker image prune`), or use a node with a larger disk.', true),
  CONTAINER_START_FAILED: row(424, 1, 'node-owner', 'the container did not start', 'the Docker Engine could not start the container', 'See Docker\'s own words in the agent\'s log on the node, `journalctl -u fairlead-agent`, and more in Docker\'s, `journalctl -u docker`.'),
  METADATA_EXPOSED: row(424, 3, 'node-owner', 'workloads could reach the metadata service', 'nothing is started, because a workload on the node could reach the metadata service of its cloud and act as the node\'s role', 'Start the agent again as root: it puts its iptables rules back, and its log says what was wrong. Or let workloads through: `workload_metadata: allow` in /etc/fairlead/policy.yaml.'),
  RAY_NOT_IN_IMAGE: row(424, 4, 'you', 'Ray is not in the image', 'the image has no `ray` command on its PATH', 'Install Ray in the image: pip install "ray[default]=={expected_version}".'),
  RAY_VERSION_MISMATCH: row(424, 4, 'you', 'the image has another Ray', 'the image has Ray {version}, and ray_version says {expected_version}', 'Set ray_version to {version}, or install the other Ray in the image.'),
  RAY_START_FAILED: row(424, 1, 'you', 'Ray did not start', 'Ray ended while it was starting, with exit status {exit_status}', 'Read its last lines on the node: `fairlead agent logs`.'),
  RAY_START_TIMEOUT: row(424, 1, 'node-owner', 'Ray did not become ready', 'Ray did not list all its nodes alive within {seconds} seconds', 'Check that the nodes reach one another on all ports.'),
  RAY_WITHOUT_TOKEN: row(424, 3, 'you', 'Ray asks for no token', 'this Ray requires no token: anyone who reaches ports 6379 and 10001 of the head can run code in the cluster', 'Build the environment with Ray 2.52 or newer and start the cluster again, or keep strangers from reaching the nodes.'),
  RAY_EXITED: row(424, 1, 'you', 'Ray ended', 'Ray ended on a node that ran, with exit status {exit_status}', 'Read its last lines on the node (`fairlead agent logs`), then start the cluster again.'),
  NODE_LOST: row(424, 7, 'node-owner', 'a node is lost', 'the node {node} has been silent for {seconds} seconds; the cluster continues without it', 'Check that the machine runs and that its agent can reach the control plane; the node is then used again.', true),
  HEAD_LOST: row(424, 7, 'node-owner', 'the head is lost', 'the head node {node} has not been heard of for {seconds} seconds, and without it Ray does no work', 'Check that the machine runs and that its agent can reach the control plane; if it does not come back, terminate the cluster and start it again.', true),
  RAY_NODES_MISSING: row(424, 7, 'node-owner', 'Ray is missing nodes', 'only {count} of {needed} nodes are alive in Ray', 'Check that the other machines run and reach the head; a node that comes back is counted again.', true),
  DESIRED_STATE_REFUSED: row(424, 3, 'cloud-admin', 'the node refused its orders', 'the control plane asked for something that does not fit what this node is', 'Check that the node joined the right cloud: provider, account or project, and region.'),
  POLICY_INVALID: row(424, 4, 'node-owner', 'the node\'s policy file is not valid', '{path} cannot be used: {reason}', 'Correct the file, then start the agent again.'),
  POLICY_UNSAFE: row(424, 3, 'node-owner', 'a file of the node\'s owner is not safe', '{path} is not owned by root or the agent\'s user, or others can write it', 'Make it writable by root only: chown root, chmod 0644.'),
  POLICY_MISSING: row(424, 4, 'node-owner', 'the node\'s policy file is gone', '{path} is not there, although {reason}; without it the node would trust more than its owner said', 'Put the file back, or name the right one with --policy; if the defaults are meant, write an empty file there.'),
  LOGIN_MAP_INVALID: row(424, 4, 'node-owner', 'the map of logins is not valid', 'the map of logins {path} cannot be used: {reason}', 'Correct the file, or write it with `fairlead configure-docker`.'),
  LOGIN_MAP_UNSAFE: row(424, 3, 'node-owner', 'the map of logins is not safe', 'the map of logins {path} is not owned by root or by you, or others can write it', 'Let its owner alone write it: chmod 0644, and chown root for the one in /etc/fairlead.'),
  KUBELET_REQUEST_INVALID: row(422, 4, 'node-owner', 'that is no request of a kubelet', 'the request on standard input cannot be used: {reason}', 'Set apiVersion: credentialprovider.kubelet.k8s.io/v1 for this provider in the CredentialProviderConfig of the kubelet.'),
  AGENT_ENVIRONMENT_UNSAFE: row(424, 3, 'node-owner', 'the agent refuses to start here', 'the environment has {name}, which can show secrets, or change how TLS is checked or where requests go', 'Remove it from the environment of the agent, then start the agent again.'),
  AUTHORITIES_IN_ENVIRONMENT: row(424, 3, 'you', 'the environment adds certificate authorities', 'the environment has {name}, and an authority that it adds could have a registry login sent to another server', 'Run `unset {name}` and start it again. If a private CA is needed, add it to the system\'s store, or name it under registry_ca or secret_manager_ca in /etc/fairlead/policy.yaml.'),
  SYSTEM_AUTHORITIES_UNUSABLE: row(424, 4, 'node-owner', 'the system\'s authorities cannot be used', '{path}, the certificate authorities of this system, cannot be used: {reason}', 'Have the system recreate it (`update-ca-certificates` or `update-ca-trust`), owned and writable only by root.'),
  AGENT_NOT_JOINED: row(424, 5, 'node-owner', 'the node has not joined', 'this machine has no node identity', 'Join it to a cloud: `fairlead agent join`; `fairlead node join-token` prints what to type.'),
  AGENT_ALREADY_JOINED: row(409, 5, 'node-owner', 'the node has joined already', 'this machine is already node {node}', 'Use it as it is; to join as a new node in its place, add --replace.'),
  AGENT_STATE_UNREADABLE: row(424, 4, 'node-owner', 'the agent\'s own file cannot be used', '{path} cannot be used: {reason}', 'Restore the file, or remove it and join again: `fairlead node join-token`.'),
  STATE_DIR_NOT_WRITABLE: row(403, 6, 'node-owner', 'the state folder cannot be written', 'this user cannot make or write the state folder {path}; nothing was done', 'Give a folder of your own with --state-dir, or run it with sudo; a join token is still good.'),
  STATE_DIR_OF_NODE: row(409, 5, 'node-owner', 'that is the folder of a node', 'the state folder {path} belongs to the agent of a joined node, whose records are a chain of their own', 'Leave --state-dir out, or give another folder.'),
  STATE_DIR_IN_USE: row(409, 5, 'node-owner', 'another agent runs here', 'another agent runs with the state folder {path}', 'Stop it first, or use another --state-dir.'),
  INSTALL_NOT_ONE_FILE: row(424, 5, 'node-owner', 'there is no one file to install', 'this fairlead runs from files of its own, and an agent is installed as one executable', 'Run `agent install` of the executable fairlead-linux-x64 or -arm64, or name it with --executable.'),
  INSTALL_NOT_ROOT: row(403, 6, 'node-owner', 'only root installs an agent', 'this is not root, and what is installed is root\'s alone to change', 'Run it with sudo, or write the files into a folder of your own with --root.'),
  INSTALL_NO_SYSTEMD: row(424, 5, 'node-owner', 'systemd does not run here', 'systemd does not run here, so that nothing would start the agent; nothing was changed', 'Copy the executable to /usr/local/bin and let what starts programs on this machine run `fairlead agent run` as root, without core files and swap; or write the files of an image with --root.'),
  INSTALL_STEP_FAILED: row(424, 1, 'node-owner', 'a step of the installation failed', 'the step `{name}` failed: {reason}', 'Fix what the step reports, then run the same command again; finished steps are not repeated.'),
} as const satisfies Record<string, ProblemRow>

const doors = {
  DOOR_NEEDS_ALLOWED_REGISTRIES: row(424, 3, 'node-owner', 'a door needs a list of registries', 'this node has no list of allowed registries, and a door would be open for every registry there is', 'Name the registries under allowed_registries in /etc/fairlead/policy.yaml, then open the door again.'),
  DOOR_NOT_OPEN: row(403, 3, 'node-owner', 'no door for this repository', 'this node has no door for {repository} on {registry}', 'Ask the node\'s owner to open it: `fairlead door open {registry}/PREFIX=SECRET`.'),
  DOOR_REQUEST_INVALID: row(404, 5, 'you', 'not a request for an image', 'the door serves manifests, blobs and referrers of images, and nothing else', 'Pull an image; to push, use another machine or close the door.'),
  DOOR_ENGINE_TOO_OLD: row(424, 3, 'node-owner', 'the engine is too old for a door', 'the engine on this machine is {version}, and doors need {expected_version} or newer', 'Update the engine; until then use `fairlead pull`, or Docker\'s credential helper with `fairlead configure-docker`.'),
  DOOR_ENGINE_SILENT: row(424, 7, 'node-owner', 'the engine does not answer', 'the engine at {path} does not answer: {reason}', 'Start the engine, then try the door again.', true),
  DOOR_ENGINE_STORE: row(424, 3, 'node-owner', 'Docker keeps its images where no door helps', 'the images of Docker are in the graphdriver store, which asks no mirror for a private registry', 'Switch Docker to the containerd image store, or use `fairlead pull`, or Docker\'s credential helper with `fairlead configure-docker`.'),
  DOOR_NO_ENGINE: row(424, 5, 'node-owner', 'no engine for a door', 'this machine has no Docker, containerd or podman that could use a door', 'Install or start one of them, then open the door again.'),
  DOOR_BYPASSED: row(424, 3, 'node-owner', 'the engine bypasses the door', '{name} pulls from {registry} past the door: {reason}', 'Correct the engine\'s configuration, restart the engine, then open the door again. Until then the engine holds no login, and the door stays closed for it.'),
  DOOR_NOT_ANSWERING: row(424, 7, 'node-owner', 'the door does not answer', 'nothing answers for the door at 127.0.0.1 within {seconds} seconds', 'Start the agent: systemctl restart fairlead-agent. Its log says why it does not serve the door.', true),
  DOOR_AND_KUBELET_PROVIDER: row(424, 3, 'node-owner', 'the registry has a kubelet provider', '{registry} is served by the kubelet\'s credential provider on this node, which may give pods different rights; a door would give every pod the same', 'Choose one: remove {registry} from the map of logins, or do without the door.'),
  DOOR_PROBE_ANSWERED: row(403, 3, 'node-owner', 'the door answers', 'the door answers the probe {name}', 'Nothing is to be done: this answer shows that the engine asks the door.'),
} as const satisfies Record<string, ProblemRow>

const system = {
  CONTROL_PLANE_UNREACHABLE: row(503, 7, 'you', 'the control plane does not answer', 'there is no connection to {host}', 'Check --host or FAIRLEAD_HOST, and that `fairlead serve` runs there.', true),
  CONTROL_PLANE_TLS: row(503, 7, 'you', 'the control plane\'s certificate is not trusted', 'the TLS certificate of {host} is not trusted here', 'Give its CA with --ca-file or FAIRLEAD_CA_FILE, or add it to the system\'s store.'),
  CONTROL_PLANE_TLS_EXPIRED: row(503, 7, 'you', 'the control plane\'s certificate has expired', 'the TLS certificate of {host} expired on {expired_on}', 'Renew the certificate and replace the files of `fairlead serve`, which reads them again within a minute; if that day is still to come, set the clock of this machine.'),
  CONTROL_PLANE_TLS_NOT_YET_VALID: row(503, 7, 'you', 'the control plane\'s certificate is not valid yet', 'the TLS certificate of {host} is not valid before {valid_from}', 'Set the clock of this machine if that day has come; if not, check the clock of the machine that issued the certificate.'),
  CONTROL_PLANE_TLS_NAME: row(503, 7, 'you', 'the control plane\'s certificate is for another name', 'the TLS certificate of {host} is for other names than that', 'Use the name that is in the certificate, or give `fairlead serve` a certificate that names this host.'),
  CONTROL_PLANE_TLS_HANDSHAKE: row(503, 7, 'you', 'no TLS connection to the control plane', 'the TLS handshake with {host} failed', 'Check the address and its port: with http:// if `fairlead serve` serves without TLS there.'),
  CONTROL_PLANE_OF_ANOTHER_USER: row(503, 3, 'you', 'another user serves in the control plane\'s place', 'the server at {host} on this machine belongs to the user with the id {uid}: not root, not you, nor who served when this machine joined or you logged in; nothing was sent', 'Start `fairlead serve`, and see who listens there: `ss -ltnp`. If it runs as that user now, run `fairlead login` again, and on a node `fairlead agent join --replace`.'),
  PROBLEM_UNKNOWN: row(502, 1, 'you', 'a problem of a newer version', 'the control plane told a problem that this version does not know', 'Do what the control plane says of it, and use a client of its version.'),
  CONTROL_PLANE_ANSWER_INVALID: row(502, 7, 'you', 'that is not a Fairlead control plane', '{host} gave an answer that is not in the API', 'Check that --host names a Fairlead control plane, of a version that fits this client.'),
  PLAIN_HTTP_REFUSED: row(400, 3, 'you', 'plain http is for loopback only', '{host} is not loopback, and plain http would show the token', 'Use https:// in --host.'),
  TIMED_OUT: row(504, 1, 'you', 'it took too long', 'not finished after {seconds} s; it continues in the background', 'Check again later, or allow more time with --timeout.', true),
  INTERRUPTED: row(499, 1, 'you', 'interrupted', 'the command was stopped before it finished', 'Run it again at any time: nothing half-done is left here, and the control plane continues what it was asked to do.', true),
  DATA_DIR_IN_USE: row(409, 5, 'you', 'the data directory is in use', 'another control plane runs on the data directory {path}', 'Stop it first, or use another --data-dir.'),
  DATA_DIR_OF_OTHER_USER: row(403, 6, 'you', 'the data directory belongs to another user', '{path} belongs to another user than the one that runs this control plane', 'Run `fairlead serve` as the user that owns the data directory (`ls -ln` shows who), or give that whole folder to the user that runs it: chown -R.'),
  DATABASE_TOO_NEW: row(409, 5, 'you', 'the database is newer', 'the database {path} was written by a newer Fairlead', 'Run that version of Fairlead, or a newer one.'),
  DATABASE_FILE_MISSING: row(404, 5, 'you', 'there is no database', 'there is no database of Fairlead at {path}', 'Name the folder that `fairlead serve` uses: --data-dir.'),
  DATABASE_TOO_OLD: row(409, 5, 'you', 'the database is older', 'the database {path} was written by an older Fairlead', 'Start `fairlead serve` of this version on it once; that brings it forward.'),
  DATABASE_NOT_EMPTY: row(409, 5, 'you', 'the database is not empty', 'the database {path} has data already', 'Name an empty one.'),
  DATABASE_IN_USE: row(409, 5, 'you', 'the database is in use', 'a control plane runs on the database {path}', 'Stop all of its replicas first.'),
  DATABASE_DAMAGED: row(409, 1, 'you', 'the database is damaged', 'the database {path} is damaged: {reason}', 'Restore a backup: `fairlead admin restore FILE`; keep the damaged files.'),
  LEDGER_BROKEN: row(409, 1, 'you', 'the ledger of pulls is broken', 'the pull records of node {node} are no whole chain at number {sequence}: {reason}', 'Compare with a backup (`fairlead admin verify --backup FILE`) and with the node\'s own records, and find out who wrote to the database.'),
  BACKUP_UNUSABLE: row(422, 4, 'you', 'the backup cannot be used', '{path} is no whole backup of Fairlead: {reason}', 'Take another backup of which `fairlead admin verify --backup FILE` says that it is whole.'),
  NODE_TOO_OLD: row(400, 1, 'you', 'this Node is too old', 'this is Node {version}, and Fairlead needs 24.5 or newer', 'In a clone start it with `npx fairlead`, which takes the Node that `npm ci` brought; or install a newer one.'),
  FILE_UNWRITABLE: row(400, 4, 'you', 'the file cannot be written', '{path} cannot be written: {reason}', 'Check that its folder is there, that you may write in it, and that the disk has room.'),
  FILE_EXISTS: row(409, 5, 'you', 'the file exists', '{path} exists already, and is not overwritten', 'Give another name, or remove it.'),
  DATA_DIR_NOT_EMPTY: row(409, 5, 'you', 'the data directory is not empty', 'the data directory {path} has data already', 'Give another --data-dir; or --replace, which puts what is there aside.'),
  DATABASE_UNREACHABLE: row(503, 7, 'you', 'the database does not answer', 'there is no connection to the primary of the database at {host}', 'Check that PostgreSQL runs there, and that it is the primary and takes writes. What was asked meanwhile may have been done: send a POST again with the same Idempotency-Key, and it is done once.', true),
  DATABASE_NOT_REACHED: row(503, 7, 'you', 'there is no way to the database', 'the database at {host} does not answer, or takes no connection now; nothing was done', 'Check host and port in FAIRLEAD_DATABASE or --database, that PostgreSQL runs and listens there (listen_addresses) and is no standby, and that pg_hba.conf and firewalls let this machine in; then try again.', true),
  PASSWORD_ON_COMMAND_LINE: row(400, 3, 'you', 'a password is on the command line', 'the URL in {name} has a password, which a command line shows to every user of this machine; nothing was done', 'Set the URL in the environment variable FAIRLEAD_DATABASE; or leave the password out and set PGPASSWORD. If it was real, change it: your shell may have kept it.'),
  DATABASE_LOGIN_REFUSED: row(500, 6, 'you', 'the database refused the login', 'the database at {host} did not accept the user {name} with the password that was given', 'Correct the user and the password in FAIRLEAD_DATABASE.'),
  DATABASE_MISSING: row(500, 5, 'you', 'there is no such database', 'the server at {host} has no database {name}', 'Create it, owned by the user that Fairlead connects as: CREATE DATABASE.'),
  DATABASE_RIGHTS_MISSING: row(500, 6, 'you', 'the database user lacks rights', 'the user {name} may not do in {path} what Fairlead needs', 'Make that user the owner of the database.'),
  DATABASE_TLS: row(503, 7, 'you', 'the database\'s certificate is not trusted', 'the TLS certificate of the database at {host} is not trusted', 'Give its CA with ?sslrootcert=FILE in FAIRLEAD_DATABASE, and name the host as the certificate does.'),
  SERVER_BUSY: row(503, 7, 'you', 'too much arrives at once', 'the control plane holds as much as it can of requests whose senders it does not know yet', 'Try again in a few seconds.', true),
  NOT_READY: row(503, 7, 'you', 'the control plane is not ready', 'the control plane takes no new requests: {reason}', 'Wait; if this continues, see its log.', true),
  ADDRESS_IN_USE: row(409, 5, 'you', 'the address is in use', 'something else listens on {host}', 'Stop it, or choose another address with --listen.'),
  ADDRESS_UNUSABLE: row(409, 5, 'you', 'nothing can listen there', '{host} cannot be listened on: {reason}', 'Give an address of this machine (0.0.0.0 is all of them) and a free port above 1023.'),
  TLS_FILE_INVALID: row(422, 4, 'you', 'that is no certificate, or no key', '{path} cannot be used: {reason}', 'Give PEM files: to --tls-cert the certificate and then its chain (fullchain.pem), to --tls-key its private key without a passphrase.'),
  TLS_KEY_MISMATCH: row(422, 4, 'you', 'the key is of another certificate', 'the key in {name} does not belong to the first certificate in {path}', 'Give the key that the certificate was issued for; in its file the certificate of the server comes first, then its chain.'),
  TLS_CERTIFICATE_EXPIRED: row(424, 7, 'you', 'the certificate of the control plane has expired', 'the certificate in {path} ended at {time}, and clients refuse it', 'Renew it and replace the files; they are read again within a minute.'),
  TLS_CERTIFICATE_NOT_YET_VALID: row(424, 7, 'you', 'the certificate of the control plane is not valid yet', 'the certificate in {path} begins at {time}, and clients refuse it', 'Check the clock of this machine, and that of the machine that issued it.'),
  TLS_CERTIFICATE_OTHER_NAME: row(424, 7, 'you', 'the certificate is for another name', 'the certificate in {path} is not for {host}, and clients refuse it', 'Get one for that name; or say with --origin what clients and nodes call the control plane.'),
  INTERNAL: row(500, 1, 'you', 'a fault of Fairlead', 'something went wrong inside Fairlead; nothing that you sent is at fault', 'Try again, and report it with the request id if this continues.', true),
} as const satisfies Record<string, ProblemRow>

export const problems = { ...asking, ...identity, ...secretManager, ...registry, ...node, ...doors, ...system } as const satisfies Record<string, ProblemRow>

const areas = { asking, identity, secretManager, registry, node, doors, system } as const

/** What a problem is about: the areas of this table. */
export type ProblemArea = keyof typeof areas

export function areaOf(code: keyof typeof problems): ProblemArea {
  const found = (Object.keys(areas) as ProblemArea[]).find((area) => Object.hasOwn(areas[area], code))
  if (found === undefined) throw new TypeError(`${code} is in no part of the table`)
  return found
}
