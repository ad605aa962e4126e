{{- define "dploy.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the release's objects. It leaves room for the longest suffix, "-operate-cluster". */}}
{{- define "dploy.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 46 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of cluster-scoped objects. It differs between releases of the same name. */}}
{{- define "dploy.clusterName" -}}
{{- printf "%s:%s" .Release.Namespace (include "dploy.fullname" .) -}}
{{- end -}}

{{/* The namespace of templates, instances and owner records. */}}
{{- define "dploy.namespace" -}}
{{- default .Release.Namespace .Values.config.namespace -}}
{{- end -}}

{{- define "dploy.selector" -}}
app.kubernetes.io/name: {{ include "dploy.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "dploy.labels" -}}
{{ include "dploy.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: dploy
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The labels and annotations of an object. Takes root and, optionally, component, labels and annotations. */}}
{{- define "dploy.metadata" -}}
labels:
  {{- include "dploy.labels" .root | nindent 2 }}
  {{- with .component }}
  app.kubernetes.io/component: {{ . }}
  {{- end }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default (dict) .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "dploy.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "dploy.serve.serviceAccount" -}}
{{- include "dploy.serviceAccount" (dict "root" . "role" "serve" "account" .Values.serve.serviceAccount) -}}
{{- end -}}

{{- define "dploy.operate.serviceAccount" -}}
{{- include "dploy.serviceAccount" (dict "root" . "role" "operate" "account" .Values.operate.serviceAccount) -}}
{{- end -}}

{{- define "dploy.serviceAccount" -}}
{{- $created := printf "%s-%s" (include "dploy.fullname" .root) .role -}}
{{- default (ternary $created "default" .account.create) .account.name -}}
{{- end -}}

{{/* The name of the Secret with the client secret; empty if there is no client secret. */}}
{{- define "dploy.clientSecretName" -}}
{{- with .Values.identity.oidc -}}
{{- if .existingSecret.name -}}
{{ .existingSecret.name }}
{{- else if .clientSecret -}}
{{ include "dploy.fullname" $ }}-oidc
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Not empty if the chart creates the Secret of sessions: for sign-in, without an existing Secret. */}}
{{- define "dploy.createsSessionSecret" -}}
{{- with .Values.identity -}}
{{- if and .oidc.issuer .session.createSecret (not .session.existingSecret.name) -}}
true
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The name of the Secret of sessions; empty if there is none. */}}
{{- define "dploy.sessionSecretName" -}}
{{- if include "dploy.createsSessionSecret" . -}}
{{ include "dploy.fullname" . }}-sessions
{{- else -}}
{{ .Values.identity.session.existingSecret.name }}
{{- end -}}
{{- end -}}

{{/* The verbs for a kind whose objects operate applies, watches and deletes. */}}
{{- define "dploy.managedVerbs" -}}
[get, list, watch, create, patch, delete]
{{- end -}}
