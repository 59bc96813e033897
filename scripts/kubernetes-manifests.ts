/** Writes the files in deploy/kubernetes, the chart as plain manifests. */
import { writeFile } from 'node:fs/promises'
import { kubernetesManifests } from './building/kubernetes-manifests.ts'

for (const [file, text] of Object.entries(await kubernetesManifests())) await writeFile(file, text)
