/** The public form of builds and environments; a viewer sees only the names of env vars (S22). */
import { parseImageReference, registryOf } from '@fairlead/contract/names'
import { Problem, type ProblemDocument, type ReportedProblem } from '@fairlead/contract/problems'
import { adviceAsWarning, type Build, type ClusterEnvironment, type Role } from '@fairlead/contract/wire'
import type { BuildRecord, EnvironmentRecord } from '../store/records.ts'

export function presentProblem(reported: ReportedProblem | null): ProblemDocument | null {
  return reported === null ? null : Problem.fromReport(reported).toDocument()
}

export function presentBuild(build: BuildRecord, role: Role): Build {
  const problem = presentProblem(build.problem)
  return {
    id: build.id,
    cluster_environment_id: build.cluster_environment_id,
    revision: build.revision,
    status: build.status,
    is_byod: true,
    docker_image_name: build.docker_image_name,
    ray_version: build.ray_version,
    registry_login_secret: build.registry_login_secret,
    env_vars: role === 'viewer' ? withoutValues(build.env_vars) : build.env_vars,
    cloud_id: build.cloud_id,
    creator_id: build.creator_id,
    creator_name: build.creator_name,
    created_at: build.created_at,
    last_modified_at: build.last_modified_at,
    digest: build.digest,
    size_bytes: build.size_bytes,
    platform: build.platform,
    byod_ray_version: build.byod_ray_version,
    warnings: [...build.warnings, ...build.advice.map((code) => adviceAsWarning(code, registryNameOf(build)))],
    checked_by: build.checked_by,
    prefetch: build.prefetch,
    steps: build.steps,
    problem,
    error_message: problem === null ? null : problem.detail,
  }
}

export function presentEnvironment(
  environment: EnvironmentRecord,
  latestBuild: BuildRecord,
  role: Role,
): ClusterEnvironment {
  return {
    id: environment.id,
    name: environment.name,
    cloud_id: environment.cloud_id,
    creator_id: environment.creator_id,
    creator_name: environment.creator_name,
    created_at: environment.created_at,
    last_modified_at: environment.last_modified_at,
    archived_at: environment.archived_at,
    latest_build: presentBuild(latestBuild, role),
  }
}

/** A build is stored only after its image name was parsed. */
const registryNameOf = (build: BuildRecord): string => registryOf(parseImageReference(build.docker_image_name)).key

function withoutValues(envVars: Record<string, string>): Record<string, null> {
  return Object.fromEntries(Object.keys(envVars).map((name) => [name, null]))
}
