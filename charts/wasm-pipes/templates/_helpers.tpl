{{/* The names of the pipes and what holds for each, as one map. */}}
{{- define "wasm-pipes.pipes" -}}
{{- $pipes := dict -}}
{{- if .Values.pipes -}}
{{- range $name, $own := .Values.pipes -}}
{{- $_ := set $pipes $name (mergeOverwrite (deepCopy $.Values.pipe) (default dict $own)) -}}
{{- end -}}
{{- else -}}
{{- $_ := set $pipes "" (deepCopy .Values.pipe) -}}
{{- end -}}
{{- toYaml $pipes -}}
{{- end -}}

{{/* {root, name}: what its objects are called. */}}
{{- define "wasm-pipes.fullname" -}}
{{- if .name -}}{{ printf "%s-%s" .root.Release.Name .name | trunc 63 | trimSuffix "-" }}{{- else -}}{{ .root.Release.Name | trunc 63 | trimSuffix "-" }}{{- end -}}
{{- end -}}

{{- define "wasm-pipes.selector" -}}
app.kubernetes.io/name: wasm-pipes
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ default "pipe" .name }}
{{- end -}}

{{- define "wasm-pipes.labels" -}}
{{ include "wasm-pipes.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "wasm-pipes.account" -}}
{{- if .pipe.serviceAccount.create -}}{{ default (include "wasm-pipes.fullname" .) .pipe.serviceAccount.name }}{{- else -}}{{ default "default" .pipe.serviceAccount.name }}{{- end -}}
{{- end -}}

{{/* Where it reads from; the default of the application if it is not said. */}}
{{- define "wasm-pipes.source" -}}
{{- default "http://:9000/events" (get .pipe.env "SOURCE_URI") -}}
{{- end -}}

{{/* The port of an HTTP source; nothing for any other. */}}
{{- define "wasm-pipes.http" -}}
{{- $source := include "wasm-pipes.source" . -}}
{{- if hasPrefix "http" $source -}}
{{- $port := regexFind ":[0-9]+" (regexReplaceAll "^https?://" $source "") | trimPrefix ":" -}}
{{- default (ternary "443" "80" (hasPrefix "https" $source)) $port -}}
{{- end -}}
{{- end -}}

{{/* The value of an option in the query of SOURCE_URI, decoded as far as names need it. */}}
{{- define "wasm-pipes.option" -}}
{{- $pair := regexFind (printf "[?&]%s=[^&]*" .option) .uri -}}
{{- regexReplaceAll "^[?&][^=]*=" $pair "" | replace "%2F" "/" -}}
{{- end -}}
