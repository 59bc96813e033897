{{/* Names, places on a node, and what is refused before anything is installed. One installation per cluster: the doors have one port. */}}

{{- define "fairlead.labels" -}}
app.kubernetes.io/name: fairlead-agent
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "fairlead.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end }}

{{/* The folder with containerd's socket. */}}
{{- define "fairlead.socketFolder" -}}
{{- if has .Values.engine (list "k3s" "rke2") }}/run/k3s/containerd{{ else }}/run/containerd{{ end -}}
{{- end }}

{{/* The folder with containerd's configuration, which says where it looks for hosts.toml. */}}
{{- define "fairlead.configFolder" -}}
{{- if has .Values.engine (list "k3s" "rke2") }}/var/lib/rancher/{{ .Values.engine }}/agent/etc/containerd{{ else }}/etc/containerd{{ end -}}
{{- end }}

{{- define "fairlead.hostsFolder" -}}
{{- $standard := ternary "hosts.d" "certs.d" (eq .Values.engine "gke") -}}
{{- .Values.hostsFolder | default (printf "%s/%s" (include "fairlead.configFolder" .) $standard) -}}
{{- end }}

{{/* `docker.io` for each name of Docker Hub, and for a repository without a host. */}}
{{- define "fairlead.registryOf" -}}
{{- $first := splitList "/" . | first | lower -}}
{{- $isHost := and (contains "/" .) (or (contains "." $first) (contains ":" $first) (eq $first "localhost")) -}}
{{- if not $isHost }}docker.io
{{- else if has $first (list "index.docker.io" "registry-1.docker.io" "registry.hub.docker.com") }}docker.io
{{- else }}{{ trimSuffix ":443" $first }}
{{- end -}}
{{- end }}

{{/* Not empty if the agent reads secrets as itself, and the node's identity is no way to them. */}}
{{- define "fairlead.hasOwnIdentity" -}}
{{- if or .Values.identity.eksPodIdentity .Values.identity.google.audience (index .Values.identity.serviceAccountAnnotations "eks.amazonaws.com/role-arn") }}true{{ end -}}
{{- end }}

{{- define "fairlead.check" -}}
{{- if not .Values.image.repository }}
{{- fail "set image.repository: the agent's image in a registry from which nodes pull without a door" }}
{{- end }}
{{- range $door, $secret := .Values.policy.doors }}
{{- if eq (include "fairlead.registryOf" $.Values.image.repository) (include "fairlead.registryOf" (printf "%s/" $door)) }}
{{- fail (printf "the agent's own image is at %s, which has a door: an agent would be needed for its own image; keep it in another registry" (include "fairlead.registryOf" $.Values.image.repository)) }}
{{- end }}
{{- /* Words of tokens that are in use; the agent knows more of them, but a value is in etcd by then. */}}
{{- if regexMatch "^\\s*(dckr_[po]at_|gh[opsur]_|github_pat_|gl(pat|dt|rt|cbt|ptt|ft|soat|oas|imt|ffct|agent)-|AKCp|cmVmdGtu|eyJ|nvapi-|ya29\\.|dop_v1_|hf_[A-Za-z]{30}|xox[abprs]-|npm_[A-Za-z0-9]{36}|AT[A-Z]{3}3x|ATBB[A-Za-z0-9]{20}|pypi-AgE|hvs\\.[A-Za-z0-9_-]{20}|sk-[A-Za-z0-9_-]{20}|[sr]k_(live|test)_|AIza[A-Za-z0-9_-]{35}|(AKIA|ASIA)[A-Z0-9]{16})" (default "" $secret) }}
{{- fail (printf "policy.doors names a token for %s, not a secret in a secret manager; it was not installed, but change that token: it is in your values" $door) }}
{{- end }}
{{- end }}
{{- if and .Values.startTaint (semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version) }}
{{- fail "startTaint needs Kubernetes 1.30 or newer, whose ValidatingAdmissionPolicy limits the right to change nodes" }}
{{- end }}
{{- end }}

{{- /* How a pod becomes a node of the control plane's cloud: with a token of its service account. */}}
{{- define "fairlead.joinArgs" -}}
- --checker
- --host={{ required "set controlPlane.host: the address of the control plane" .Values.controlPlane.host }}
- --cloud={{ required "set controlPlane.cloud: the name of the cloud that pods join" .Values.controlPlane.cloud }}
- --provider={{ .Values.controlPlane.provider }}
{{- with .Values.controlPlane.caSha256 }}
- --ca-sha256={{ . }}
{{- end }}
- --kubernetes-token=/var/run/secrets/fairlead/token
{{- end }}

{{- define "fairlead.joinTokenMount" -}}
- name: join-token
  mountPath: /var/run/secrets/fairlead
  readOnly: true
{{- end }}

{{- /* For this control plane and this cloud alone; good for one join. */}}
{{- define "fairlead.joinTokenVolume" -}}
- name: join-token
  projected:
    sources:
      - serviceAccountToken:
          audience: {{ trimSuffix "/" .Values.controlPlane.host }}/clouds/{{ .Values.controlPlane.cloud }}
          expirationSeconds: 600
          path: token
{{- end }}
