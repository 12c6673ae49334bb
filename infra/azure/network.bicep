// A network for the app to go out through, to a Ceph that is not on the internet: peer it with the Ceph's, or give it a VPN gateway.
// The subnet is a resource by itself: named among the network's properties, each deployment would delete the subnets that others added.
param name string
param location string
param tags object

@description('The network\'s addresses; at least a /27 for the app\'s subnet.')
param addressPrefix string

@description('Who knows the names of what is to be reached; empty for Azure\'s own.')
param dnsServers string[]

@description('The NAT gateway that the app goes out to the internet through; empty for none.')
param natGatewayId string

@description('The route table of the app\'s subnet; empty for none.')
param routeTableId string

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
  }

  resource functions 'subnets' = {
    name: subnet
    properties: {
      addressPrefix: cidrSubnet(addressPrefix, 27, 0)
      delegations: [
        { name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }
      ]
      natGateway: empty(natGatewayId) ? null : { id: natGatewayId }
      routeTable: empty(routeTableId) ? null : { id: routeTableId }
    }
  }
}
