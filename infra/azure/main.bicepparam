// A sample: copy it, and change what is yours. Values of secrets come from the environment, and only when they are to be set.
using 'main.bicep'

param name = 'kubemetrics'
param tags = { application: 'kubemetrics' }

param settings = {
  State: 's3://metrics/state'
  Storage__Default__Endpoint: 'https://rgw.example.com'
  Storage__Default__AccessKey: 'kubemetrics'
  // Where the certificate is of one's own authority; it goes into the package: docs/deploy.md.
  // Storage__Default__CaFile: '/home/site/wwwroot/ceph-ca.pem'
  Datasets__KubeMetrics__Location: 's3://metrics/kube-metrics'
  Datasets__KubeMetrics__Reports: 's3://metrics/reports/kube-metrics'
  Datasets__KubeMetrics__Where: 'quantile=0.9'
}

param secretSettings = ['Storage__Default__SecretKey', 'Notifications__Key']

// KUBEMETRICS_SECRETS='{"Storage__Default__SecretKey":"…","Notifications__Key":"…"}'
param secrets = json(readEnvironmentVariable('KUBEMETRICS_SECRETS', '{}'))
