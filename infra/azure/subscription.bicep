// Has the topic deliver to the app's function, or to a webhook. The function is there only once the code is: a second deployment.
import { deliveries } from 'types.bicep'

@description('The topic.')
param topicName string

@description('To whom.')
param delivery deliveries

@description('The app, for its function.')
param appId string

@description('The account and container for what could not be delivered.')
param storageName string
param container string

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

var destination = delivery.kind == 'webhook'
  ? {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: delivery.url
        azureActiveDirectoryTenantId: delivery.tenantId
        azureActiveDirectoryApplicationIdOrUri: delivery.audience
        minimumTlsVersionAllowed: '1.2'
        maxEventsPerBatch: 1
      }
    }
  : {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: '${appId}/functions/TakeEvent'
        maxEventsPerBatch: 1
      }
    }

resource subscription 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'kubemetrics'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    #disable-next-line BCP225 // which of the two it is, is known at deployment
    destination: destination
    filter: empty(delivery.?types ?? []) ? {} : { includedEventTypes: delivery.types }
    // A day of trying, at growing distances; then the event is set aside.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storage.id, blobContainerName: container }
      }
    }
  }
}
