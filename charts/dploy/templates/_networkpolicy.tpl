{{/* The ingress rule of the metrics port; empty if metrics are disabled. */}}
{{- define "dploy.metricsIngress" -}}
{{- if .Values.metrics.enabled -}}
- ports: [{ port: metrics }]
  {{- with .Values.networkPolicy.metricsFrom }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The egress rules for DNS, the API server and, for serve, the OpenID provider. No label selects the API server, so the rule has only ports. */}}
{{- define "dploy.egress" -}}
- ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
- ports:
    {{- range .Values.networkPolicy.egress.ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end -}}
