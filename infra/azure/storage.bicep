// The Functions host's own account: its locks and keys, the app's package, and events that could not be delivered. What KubeMetrics
// keeps (state, dumps, reports) is not here; that lies where the settings say.
import { roles } from 'roles.bicep'

param name string
param location string
param tags object

@description('Its containers.')
@export()
var containers = { packages: 'packages', deadLetters: 'dead-letters' }

@description('Who reads and writes: the app.')
param identityName string

@description('Where its logs go.')
param workspaceId string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // Identities alone: there is no key that could leak, nor one to be changed.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    publicNetworkAccess: 'Enabled'
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    // A package that was overwritten, or dead letters that were deleted, can be had back for a week.
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: containers.packages
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: containers.deadLetters
}

// Owner, because the host sets leases and metadata; tables are where it writes what it has to say of itself.
var needed = [roles.storageBlobDataOwner, roles.storageTableDataContributor]

resource app 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in needed: {
    name: guid(account.id, identity.id, role)
    scope: account
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'kubemetrics'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    // Deletes alone: the host reads and writes its locks all the time, which would be most of what is paid for.
    logs: [
      { category: 'StorageDelete', enabled: true }
    ]
    metrics: [
      { category: 'Transaction', enabled: true }
    ]
  }
}
