metadata description = 'The trainer as a container job, started by a message on training-jobs; runs on a GPU or on CPUs.'

param name string
param location string
param tags object

param environmentId string
param registryServer string
param image string
param identityName string
param storageName string
param queue string
param settings { name: string, value: string }[]

@allowed(['Consumption', 'Consumption-GPU-NC8as-T4', 'Consumption-GPU-NC24-A100'])
param profile string

@description('Seconds after which an execution is stopped; the next one resumes from its checkpoint.')
@minValue(600)
@maxValue(86400)
param timeoutSeconds int

@description('Maximum number of concurrent executions; limits the cost.')
@minValue(1)
@maxValue(20)
param maxExecutions int

var resources = {
  Consumption: { cpu: json('4'), memory: '8Gi' }
  'Consumption-GPU-NC8as-T4': { cpu: json('8'), memory: '56Gi' }
  'Consumption-GPU-NC24-A100': { cpu: json('24'), memory: '220Gi' }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource job 'Microsoft.App/jobs@2024-10-02-preview' = {
  name: 'caj-trainer-${name}'
  location: location
  tags: union(tags, { 'azd-service-name': 'trainer' })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: profile
    configuration: {
      triggerType: 'Event'
      replicaTimeout: timeoutSeconds
      // No platform retries: the message reappears on the queue, and the run record counts the attempts.
      replicaRetryLimit: 0
      registries: [{ server: registryServer, identity: identity.id }]
      eventTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
        scale: {
          minExecutions: 0
          maxExecutions: maxExecutions
          pollingInterval: 30
          rules: [
            {
              name: queue
              type: 'azure-queue'
              identity: identity.id
              metadata: {
                accountName: storageName
                queueName: queue
                queueLength: '1'
              }
            }
          ]
        }
      }
    }
    template: {
      containers: [
        {
          name: 'trainer'
          image: image
          resources: resources[profile]
          env: concat(settings, [
            { name: 'AZURE_CLIENT_ID', value: identity.properties.clientId }
            { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identity.properties.clientId};Authorization=AAD' }
          ])
        }
      ]
    }
  }
}

output name string = job.name
