/** How to reach a running cluster: Ray's address, a command and lines of Python, its dashboard. All are text; the head reported the addresses. */
import type { Cluster } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { buildQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { Section } from '../../ui/page.tsx'
import { ConnectFromPython } from './connect-from-python.tsx'
import { dashboardWay } from './dashboard.ts'
import classes from './connect-section.module.css'

export function ConnectSection({ cluster }: { cluster: Cluster }) {
  const { client, may } = useSession()
  const { data: build } = useQuery(buildQuery(client, cluster.cluster_environment_build_id))
  const dashboard = dashboardWay(cluster)
  const { ray_address: address } = cluster
  if (cluster.state !== 'Running' || address === null) {
    return (
      <Section title="Connect">
        <p className={classes.later}>
          Connection details appear here once Ray is up on {cluster.worker_count === 0 ? 'its node' : 'all its nodes'}.
        </p>
      </Section>
    )
  }
  return (
    <Section title="Connect">
      <div className={classes.ways}>
        <div>
          <p className={classes.name}>Ray’s address</p>
          <CopyBlock label="Ray’s address" text={address} />
        </div>
        {may('developer') ? (
          <>
            <div>
              <p className={classes.name}>From a terminal</p>
              <CopyBlock
                label="A command that connects"
                text={`fairlead cluster connect -n ${cluster.name} -- python`}
              />
            </div>
            <div>
              <p className={classes.name}>
                From Python
                <span className="quiet">, with Ray {build?.byod_ray_version ?? build?.ray_version ?? '…'}</span>
              </p>
              <ConnectFromPython cluster={cluster} address={address} />
            </div>
          </>
        ) : (
          <p className="quiet">Developers see here how to connect from a terminal and from Python.</p>
        )}
        {dashboard !== null && (
          <div>
            <p className={classes.name}>
              Dashboard
              {dashboard.tunnel !== null && <span className="quiet">, on the head’s loopback: a tunnel first</span>}
            </p>
            {dashboard.tunnel !== null && <CopyBlock label="The tunnel to the dashboard" text={dashboard.tunnel} />}
            <CopyBlock label="The dashboard’s address" text={dashboard.url} />
          </div>
        )}
      </div>
    </Section>
  )
}
