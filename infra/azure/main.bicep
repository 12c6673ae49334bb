// KubeMetrics as a function app on Azure: README.md beside this file, docs/deploy.md for the way from nothing to a first report.
targetScope = 'resourceGroup'

import { subnet } from 'network.bicep'
import { containers } from 'storage.bicep'
import { deliveries, networks } from 'types.bicep'

@description('What everything is called after.')
@minLength(3)
@maxLength(11)
param name string = 'kubemetrics'

@description('Where everything is; a region that has Flex Consumption.')
param location string = resourceGroup().location

@description('What everything is tagged with.')
param tags object = {}

@description('MB of each instance. Flex Consumption has no more than 4096: a dataset that needs more is summarised on a cluster (Datasets__<name>__Engine=spark, Spark__Cluster), or refused with a sentence before it starts.')
@allowed([2048, 4096])
param memory int = 4096

@description('How many instances at most of each function that scales by itself. Work is done by a timer, of which one call runs at a time, so more are for callers alone.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('How many instances always wait for callers, at a price by the hour; with none the first caller after a pause waits for a start.')
@minValue(0)
param alwaysReady int = 0

@description('Settings as docs/serve.md lists them, with two underscores for each colon. State has to be a bucket; nothing secret.')
param settings object

@description('Names of the settings that are secret: their values are kept in the key vault.')
param secretSettings string[]

@description('Values of secret settings that are to be set, or set anew, by name; the others keep what the vault has.')
@secure()
param secrets object = {}

@description('How the app reaches a Ceph or Spark that is not on the internet.')
param network networks = { kind: 'none' }

@description('A subnet that gets a private address of the app, so that a Ceph in there can notify it; empty for none.')
param privateEndpointSubnetId string = ''

@description('The private DNS zone privatelink.azurewebsites.net for that address; empty where somebody else sees to it.')
param privateDnsZoneId string = ''

@description('Addresses (CIDR) that may call over the internet; empty for everybody who has a key.')
param callers string[] = []

@description('Who gets what is published on the topic; the function only once the code is deployed.')
param delivery deliveries = { kind: 'none' }

@description('Other topics (resource ids) that may be subscribed to with /api/events as the receiver, besides the app\'s own. It takes deliveries where a secret setting Events__Key, or Events__Issuer and Events__Audience, says whose.')
param otherTopics string[] = []

@description('Whether the topic may be published to with a key: for a host outside of Azure.')
param allowTopicKeys bool = false

@description('How many days logs are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int = 30

@description('How many GB of logs a day are taken at most.')
@minValue(1)
param dailyQuotaGb int = 1

// Names that all of Azure shares.
var unique = uniqueString(subscription().id, resourceGroup().id, name)
var shared = '${name}-${take(unique, 6)}'
var account = take('${toLower(replace(name, '-', ''))}${unique}', 24)

// What would be refused only later, by something that does not say why, or would stand readable in the deployment's history.
// The program takes settings in any case, and the names that other programs give a store's keys.
var secretNames = ['secretkey', 'sessiontoken', 'key', 'topickey', 'aws_secret_access_key', 'aws_session_token', 'otel_exporter_otlp_headers']
var readable = filter(objectKeys(settings), setting => contains(secretNames, toLower(last(split(setting, '__')))))
var unnameable = filter(concat(objectKeys(settings), secretSettings), setting => contains(setting, '-') || contains(setting, ':') || contains(setting, '.'))
var checked = !empty(readable)
  ? fail('settings has ${join(readable, ', ')}, which is secret and would stand readable in the deployment. Put the name into secretSettings and the value into secrets.')
  : !empty(unnameable)
      ? fail('An app setting on Azure has letters, digits and underscores in its name, which ${join(unnameable, ', ')} has not. Write two underscores for a colon; name a bucket with a hyphen or a dot within its section (Storage__Buckets__any__Bucket).')
      : !startsWith(settings.?State ?? '', 's3://')
          ? fail('settings has no State, or one that is no bucket. An instance\'s own disk goes with the instance; write State: \'s3://bucket/prefix\'.')
          : settings

// Who the app is. An identity of its own, made before the app, so that every role is there when the app first starts: with one that
// comes and goes with the app its first references to secrets would fail.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

module monitoring 'monitoring.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    identityName: identity.name
    retentionDays: retentionDays
    dailyQuotaGb: dailyQuotaGb
  }
}

module storage 'storage.bicep' = {
  params: {
    name: account
    location: location
    tags: tags
    identityName: identity.name
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'vault.bicep' = {
  params: {
    name: shared
    location: location
    tags: tags
    identityName: identity.name
    workspaceId: monitoring.outputs.workspaceId
    settings: secretSettings
    secrets: secrets
  }
}

module events 'events.bicep' = {
  params: {
    name: shared
    location: location
    tags: tags
    identityName: identity.name
    workspaceId: monitoring.outputs.workspaceId
    storageName: account
    allowKeys: allowTopicKeys
  }
  dependsOn: [storage]
}

module newNetwork 'network.bicep' = if (network.kind == 'new') {
  params: {
    name: name
    location: location
    tags: tags
    addressPrefix: network.addressPrefix
    dnsServers: network.?dnsServers ?? []
    natGatewayId: network.?natGatewayId ?? ''
    routeTableId: network.?routeTableId ?? ''
  }
}

var subnetId = network.kind == 'subnet' ? network.subnetId : network.kind == 'new' ? resourceId('Microsoft.Network/virtualNetworks/subnets', name, subnet) : ''

// How often each timer looks, how long one call works, and what an analysis may need: half of an instance, which the Functions host
// shares. Settings may say otherwise.
var defaults = {
  RunDueSchedule: '*/15 * * * * *'
  RefreshSchedule: '*/30 * * * * *'
  EventsSchedule: '*/30 * * * * *'
  Work__Budget: '5m'
  Analysis__Memory: '${memory / 2}MiB'
  Events__From: join(concat([resourceId('Microsoft.EventGrid/topics', shared)], otherTopics), ';')
}

var references = toObject(
  secretSettings,
  setting => setting,
  setting => '@Microsoft.KeyVault(SecretUri=https://${shared}${environment().suffixes.keyvaultDns}/secrets/${replace(setting, '_', '-')})'
)

module app 'app.bicep' = {
  params: {
    name: shared
    location: location
    tags: tags
    identityId: identity.id
    memory: memory
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    packages: 'https://${account}.blob.${environment().suffixes.storage}/${containers.packages}'
    subnetId: subnetId
    callers: callers
    settings: { ...defaults, ...checked, ...references }
    // The Functions host's account, and where telemetry and events go: with the identity instead of keys.
    services: {
      AzureWebJobsStorage__accountName: account
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.properties.clientId
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
      Events__Topic: events.outputs.endpoint
      // Which identity, for whoever asks Azure for a token.
      AZURE_CLIENT_ID: identity.properties.clientId
    }
    workspaceId: monitoring.outputs.workspaceId
  }
  // The first start finds its secrets, its account and its network.
  dependsOn: [vault, storage, newNetwork]
}

module privateEndpoint 'private-endpoint.bicep' = if (!empty(privateEndpointSubnetId)) {
  params: {
    name: name
    location: location
    tags: tags
    appId: app.outputs.id
    subnetId: privateEndpointSubnetId
    dnsZoneId: privateDnsZoneId
  }
}

module eventSubscription 'subscription.bicep' = if (delivery.kind != 'none') {
  params: {
    topicName: shared
    delivery: delivery
    appId: app.outputs.id
    storageName: account
    container: containers.deadLetters
  }
}

output app string = app.outputs.name
output address string = 'https://${app.outputs.hostName}'
output vault string = shared
output storage string = account
output topic string = shared
