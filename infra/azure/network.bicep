// A network for the app to go out through, to a Ceph that is not on the internet: peer it with the Ceph's, or give it a VPN gateway.
param name string
param location string
param tags object

@description('The network\'s addresses; at least a /27 for the app\'s subnet.')
param addressPrefix string

@description('Who knows the names of what is to be reached; empty for Azure\'s own.')
param dnsServers string[]

@description('What the subnet is called.')
@export()
var subnet = 'functions'

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    dhcpOptions: { dnsServers: dnsServers }
    subnets: [
      {
        name: subnet
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 27, 0)
          delegations: [
            { name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }
          ]
        }
      }
    ]
  }
}
