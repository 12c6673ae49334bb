@description('How the app reaches what is not on the internet.')
@export()
@discriminator('kind')
type networks = noNetwork | newNetwork | existingSubnet

@description('Not at all.')
type noNetwork = { kind: 'none' }

@description('Through a network that is made for it.')
type newNetwork = {
  kind: 'new'
  @description('Its addresses, such as 10.20.0.0/24; none that it is to reach.')
  addressPrefix: string
  @description('Who knows the names of what is to be reached; Azure\'s own where left out.')
  dnsServers: string[]?
  @description('The id of a NAT gateway, by which the app reaches the internet.')
  natGatewayId: string?
  @description('The id of a route table, such as one that leads to a firewall.')
  routeTableId: string?
}

@description('Through a subnet that is there, delegated to Microsoft.App/environments.')
type existingSubnet = {
  kind: 'subnet'
  subnetId: string
}

@description('Who gets what is published on the topic.')
@export()
@discriminator('kind')
type deliveries = toNobody | toFunction | toWebhook

@description('Nobody, yet.')
type toNobody = { kind: 'none' }

@description('The app\'s function TakeEvent, which has to be deployed.')
type toFunction = {
  kind: 'function'
  @description('Which event types; all where left out.')
  types: string[]?
}

@description('A host\'s /api/events, with a token of Entra: a host of your own.')
type toWebhook = {
  kind: 'webhook'
  @description('https://…/api/events')
  url: string
  tenantId: string
  @description('The application (id or URI) that the token is for: Events:Audience of that host.')
  audience: string
  @description('Which event types; all where left out.')
  types: string[]?
}
