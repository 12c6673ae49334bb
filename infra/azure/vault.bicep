// Keys of the stores and of whoever notifies. The app's settings refer to them; nothing else may read them.
import { roles } from 'roles.bicep'

param name string
param location string
param tags object

@description('Who reads: the app.')
param identityName string

@description('Where its log goes.')
param workspaceId string

@description('Names of the settings that are kept here.')
param settings string[]

@description('Values by setting; a setting without one keeps what the vault has.')
@secure()
param secrets object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

// A value under a name that is none would be passed over without a word, so nothing is deployed with one.
var unknown = filter(objectKeys(secrets), secret => !contains(settings, secret))
var checkedTags = empty(unknown) ? tags : fail('secrets has ${join(unknown, ', ')}, which secretSettings does not name. Add the name to secretSettings.')

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: checkedTags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: 'Enabled'
  }
}

// A secret's name takes no underscores.
resource stored 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for setting in settings: if (contains(secrets, setting)) {
    parent: vault
    name: replace(setting, '_', '-')
    tags: tags
    properties: {
      value: secrets[setting]
      contentType: setting
    }
  }
]

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'kubemetrics'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'AuditEvent', enabled: true }
    ]
  }
}
