metadata description = 'The Functions app as a container app; the platform scales it from its triggers, down to zero.'

param name string
param location string
param tags object

param environmentId string
param registryServer string
param image string
param identityName string
param settings { name: string, value: string }[]

@minValue(0)
param minReplicas int

@minValue(1)
param maxReplicas int

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

var port = 8080
// The Functions host answers this path without a key as soon as it listens.
var health = { path: '/admin/host/ping', port: port }

// The Functions platform derives the scale rules from the triggers: HTTP, queues, blob events and the timer.
resource app 'Microsoft.App/containerApps@2024-10-02-preview' = {
  name: 'ca-functions-${name}'
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: port
        allowInsecure: false
      }
      registries: [{ server: registryServer, identity: identity.id }]
    }
    template: {
      containers: [
        {
          name: 'functions'
          image: image
          resources: { cpu: json('2'), memory: '4Gi' }
          env: concat(settings, [
            // The pipeline's clients, the host's clients and telemetry each read the identity from a different variable.
            { name: 'AZURE_CLIENT_ID', value: identity.properties.clientId }
            { name: 'AzureWebJobsStorage__clientId', value: identity.properties.clientId }
            { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identity.properties.clientId};Authorization=AAD' }
            { name: 'ASPNETCORE_URLS', value: 'http://+:${port}' }
          ])
          probes: [
            { type: 'Startup', httpGet: health, periodSeconds: 5, failureThreshold: 48 }
            { type: 'Liveness', httpGet: health, periodSeconds: 30, failureThreshold: 4, timeoutSeconds: 10 }
          ]
        }
      ]
      scale: { minReplicas: minReplicas, maxReplicas: maxReplicas }
    }
  }
}

output name string = app.name
output uri string = 'https://${app.properties.configuration.ingress.fqdn}'
