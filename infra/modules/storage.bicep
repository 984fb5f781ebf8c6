metadata description = 'The storage account with every container and queue of the pipeline; key access is disabled.'

param name string
param location string
param tags object

@description('Containers of the storage layout.')
param containers string[]

@description('Queues of the storage layout.')
param queues string[]

@description('SKU of the account, which sets its replication.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS'])
param sku string

@description('Days during which deleted blobs and containers can be restored.')
@minValue(1)
@maxValue(365)
param restoreDays int

@description('Days after which checkpoints are deleted; an active run keeps writing newer ones.')
@minValue(1)
param checkpointDays int

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // Versioning applies to the whole account; the lifecycle rules below delete old versions outside models after a day.
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: restoreDays }
      containerDeleteRetentionPolicy: { enabled: true, days: restoreDays }
    }

    resource container 'containers' = [for container in containers: {
      name: container
      properties: { publicAccess: 'None' }
    }]
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource queue 'queues' = [for queue in queues: {
      name: queue
    }]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    dependsOn: [blobs]
    properties: {
      policy: {
        rules: [
          {
            name: 'checkpoints'
            enabled: true
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['blockBlob']
                prefixMatch: ['runs/_checkpoints/']
              }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: checkpointDays } } }
            }
          }
          {
            name: 'versions-of-models'
            enabled: true
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['models/'] }
              actions: { version: { delete: { daysAfterCreationGreaterThan: 90 } } }
            }
          }
          {
            name: 'versions-of-the-rest'
            enabled: true
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['blockBlob']
                prefixMatch: map(filter(containers, container => container != 'models'), container => '${container}/')
              }
              actions: { version: { delete: { daysAfterCreationGreaterThan: 1 } } }
            }
          }
        ]
      }
    }
  }
}

output id string = account.id
output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
