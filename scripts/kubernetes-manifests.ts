/** Writes deploy/kubernetes/fairlead.yaml, the chart as plain manifests. */
import { writeFile } from 'node:fs/promises'
import { kubernetesManifests, manifestsFile } from './building/kubernetes-manifests.ts'

await writeFile(manifestsFile, await kubernetesManifests())
