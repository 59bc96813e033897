/** Facts about a build, and what its check found. */
import type { Build } from '@fairlead/contract/wire'
import { CloudLink, ResourceLink } from '../../resources/resource-link.tsx'
import { Details } from '../../ui/details.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { formatBytes } from '../../ui/units.ts'
import { prefetchedText } from './prefetched-text.ts'
import classes from './build-facts.module.css'

export function BuildFacts({ build }: { build: Build }) {
  return (
    <Details
      rows={[
        ['Docker image', <span className="mono">{build.docker_image_name}</span>],
        ['Digest', build.digest === null ? <NotYet /> : <span className="mono">{build.digest}</span>],
        ['Size', build.size_bytes === null ? null : `${formatBytes(build.size_bytes)} to download`],
        ['Platform', build.platform],
        ['Prefetched', build.prefetch ? <Prefetched build={build} /> : null],
        ['Ray version', rayText(build)],
        [
          'Registry login secret',
          build.registry_login_secret === null ? (
            'none: pulled without a login'
          ) : (
            <span className="mono">{build.registry_login_secret}</span>
          ),
        ],
        ['Environment variables', <EnvVars vars={build.env_vars} />],
        ['Cloud', <CloudLink id={build.cloud_id} />],
        [
          'Checked by',
          build.checked_by === null ? null : <ResourceLink id={build.checked_by} cloudId={build.cloud_id} />,
        ],
        [
          'Created',
          <>
            <TimeText at={build.created_at} />
            {build.creator_name != null && <> by {build.creator_name}</>}
          </>,
        ],
        [
          'Pulls',
          <TextLink to="/pulls" search={{ build_id: build.id }}>
            View its checks and pulls
          </TextLink>,
        ],
      ]}
    />
  )
}

function Prefetched({ build }: { build: Build }) {
  const text = prefetchedText(build)
  if (!build.prefetch_progress?.failed_nodes) return text
  return (
    <>
      {text} (
      <TextLink to="/pulls" search={{ build_id: build.id, purpose: 'prefetch' }}>
        why
      </TextLink>
      )
    </>
  )
}

function NotYet() {
  return <span className="quiet">known once it is checked</span>
}

function rayText({ byod_ray_version: found, ray_version: said }: Build): string {
  return found === null ? `${said}, as given` : `${found}, as found in the image`
}

function EnvVars({ vars }: { vars: Build['env_vars'] }) {
  const entries = Object.entries(vars)
  if (entries.length === 0) return 'none'
  return (
    <>
      {entries.map(([name, value]) => (
        <div key={name} className={`mono ${classes.envVar}`}>
          {value === null ? name : `${name}=${value}`}
        </div>
      ))}
    </>
  )
}
