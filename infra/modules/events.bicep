metadata description = 'Event Grid sends a queue message for each upload: promptly, at least once, and without an account key.'

param name string
param location string
param tags object

param storageName string
param queue string
param identityName string

@description('Containers whose uploads are reported.')
param containers string[]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${name}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    source: account.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }

  resource uploads 'eventSubscriptions' = {
    name: 'uploads'
    properties: {
      deliveryWithResourceIdentity: {
        identity: { type: 'UserAssigned', userAssignedIdentity: identity.id }
        destination: {
          endpointType: 'StorageQueue'
          properties: {
            resourceId: account.id
            queueName: queue
          }
        }
      }
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      filter: {
        includedEventTypes: ['Microsoft.Storage.BlobCreated']
        enableAdvancedFilteringOnArrays: true
        advancedFilters: [
          {
            operatorType: 'StringBeginsWith'
            key: 'subject'
            values: map(containers, container => '/blobServices/default/containers/${container}/blobs/')
          }
        ]
      }
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    }
  }
}
