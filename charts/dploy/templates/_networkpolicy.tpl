{{/* The ingress rule of the metrics port, where there is one. */}}
{{- define "dploy.metricsIngress" -}}
{{- if .Values.metrics.enabled -}}
- ports: [{ port: metrics }]
  {{- with .Values.networkPolicy.metricsFrom }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* DNS, the API server and, for serve, the OpenID provider. The API server's address cannot be selected by labels. */}}
{{- define "dploy.egress" -}}
- ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
- ports:
    {{- range .Values.networkPolicy.egress.ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end -}}
