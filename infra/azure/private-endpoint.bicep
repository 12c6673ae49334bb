// An address of the app inside a network, so that a Ceph in there can send its notifications.
param name string
param location string
param tags object

@description('The app.')
param appId string

@description('The subnet that gets the address; another one than the app goes out through.')
param subnetId string

@description('The private DNS zone privatelink.azurewebsites.net; empty where somebody else sees to the name.')
param dnsZoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: 'functions', properties: { privateLinkServiceId: appId, groupIds: ['sites'] } }
    ]
  }
}

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = if (!empty(dnsZoneId)) {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      { name: 'sites', properties: { privateDnsZoneId: dnsZoneId } }
    ]
  }
}
