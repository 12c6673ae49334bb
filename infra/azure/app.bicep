// The function app, on Flex Consumption.
param name string
param location string
param tags object

param identityId string

@description('MB of each instance.')
param memory int

@description('How many instances at most of each function that scales by itself.')
param maximumInstances int

@description('How many instances always wait for callers.')
param alwaysReady int

@description('Where the package is put: a blob container\'s address.')
param packages string

@description('The subnet to go out through; empty for none.')
param subnetId string

@description('Addresses (CIDR) that may call; empty for everybody who has a key.')
param callers string[]

@description('App settings by name: KubeMetrics\'.')
param settings object

@description('App settings by name: addresses of what stands around it. They go over the others.')
param services object

@description('Where its logs go.')
param workspaceId string

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

var allowed = [
  for (caller, index) in callers: {
    name: 'caller-${index}'
    ipAddress: caller
    action: 'Allow'
    priority: 100 + index
  }
]

// Deliveries come from Event Grid's own addresses, whoever else may call.
var eventGrid = {
  name: 'event-grid'
  tag: 'ServiceTag'
  ipAddress: 'AzureEventGrid'
  action: 'Allow'
  priority: 90
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packages
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: memory
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReady == 0 ? [] : [{ name: 'http', instanceCount: alwaysReady }]
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      // Not ftpsState, nor vnetRouteAllEnabled: Flex Consumption has no FTP, sends everything through its subnet, and may refuse a site that says so.
      ipSecurityRestrictionsDefaultAction: empty(callers) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: empty(callers) ? [] : concat([eventGrid], allowed)
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: { ...settings, ...services }
  }

  // Packages are sent with an identity's token, never with a password.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'kubemetrics'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'FunctionAppLogs', enabled: true }
    ]
    metrics: [
      { category: 'AllMetrics', enabled: true }
    ]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
