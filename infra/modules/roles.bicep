metadata description = 'Role assignments: each identity gets only the roles it needs, on the smallest possible scope.'

param storageName string
param registryName string
param insightsName string
param functionsIdentityName string
param trainerIdentityName string
param eventsIdentityName string

@description('Containers that the trainer reads and writes.')
param trainerContainers string[]

@description('Containers that the trainer only reads.')
param trainerReadContainers string[]

@description('Queues from which the trainer takes jobs, and to which it moves poison messages.')
param trainerQueues string[]

@description('The queue that receives upload events.')
param eventsQueue string

// Built-in roles by display name.
var roles = {
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'Storage Blob Data Reader': '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  'Storage Queue Data Message Sender': 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: functionsIdentityName
}

resource trainer 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: trainerIdentityName
}

resource events 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: eventsIdentityName
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource trainerContainer 'containers' existing = [for container in trainerContainers: {
      name: container
    }]

    resource trainerReadContainer 'containers' existing = [for container in trainerReadContainers: {
      name: container
    }]
  }

  resource queueService 'queueServices' existing = {
    name: 'default'

    resource trainerQueue 'queues' existing = [for queue in trainerQueues: {
      name: queue
    }]

    resource eventsQueueResource 'queues' existing = {
      name: eventsQueue
    }
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registryName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// Scope is the whole account, because the Functions host keeps locks, keys and timers in its own containers.
resource functionsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, functions.id, roles['Storage Blob Data Owner'])
  properties: {
    principalId: functions.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles['Storage Blob Data Owner'])
  }
}

resource functionsQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, functions.id, roles['Storage Queue Data Contributor'])
  properties: {
    principalId: functions.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles['Storage Queue Data Contributor'])
  }
}

resource trainerBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (container, i) in trainerContainers: {
  scope: account::blobs::trainerContainer[i]
  name: guid(account::blobs::trainerContainer[i].id, trainer.id, roles['Storage Blob Data Contributor'])
  properties: {
    principalId: trainer.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles['Storage Blob Data Contributor'])
  }
}]

resource trainerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (container, i) in trainerReadContainers: {
  scope: account::blobs::trainerReadContainer[i]
  name: guid(account::blobs::trainerReadContainer[i].id, trainer.id, roles['Storage Blob Data Reader'])
  properties: {
    principalId: trainer.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles['Storage Blob Data Reader'])
  }
}]

resource trainerQueueAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (queue, i) in trainerQueues: {
  scope: account::queueService::trainerQueue[i]
  name: guid(account::queueService::trainerQueue[i].id, trainer.id, roles['Storage Queue Data Contributor'])
  properties: {
    principalId: trainer.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles['Storage Queue Data Contributor'])
  }
}]

resource eventsSend 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::queueService::eventsQueueResource
  name: guid(account::queueService::eventsQueueResource.id, events.id, roles['Storage Queue Data Message Sender'])
  properties: {
    principalId: events.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles['Storage Queue Data Message Sender'])
  }
}

resource pulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (identityName, i) in [functionsIdentityName, trainerIdentityName]: {
  scope: registry
  name: guid(registry.id, identityName, roles.AcrPull)
  properties: {
    principalId: i == 0 ? functions.properties.principalId : trainer.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.AcrPull)
  }
}]

resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (identityName, i) in [functionsIdentityName, trainerIdentityName]: {
  scope: insights
  name: guid(insights.id, identityName, roles['Monitoring Metrics Publisher'])
  properties: {
    principalId: i == 0 ? functions.properties.principalId : trainer.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles['Monitoring Metrics Publisher'])
  }
}]
