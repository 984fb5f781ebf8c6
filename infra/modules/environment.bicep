metadata description = 'Container Apps environment with a workload profile for the trainer.'

param name string
param location string
param tags object

param workspaceName string

@description('Workload profile of the trainer; Consumption trains on CPUs.')
@allowed(['Consumption', 'Consumption-GPU-NC8as-T4', 'Consumption-GPU-NC24-A100'])
param trainerProfile string

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

var consumption = { name: 'Consumption', workloadProfileType: 'Consumption' }
var gpu = { name: trainerProfile, workloadProfileType: trainerProfile }

resource environment 'Microsoft.App/managedEnvironments@2024-10-02-preview' = {
  name: 'cae-${name}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: workspace.properties.customerId
        sharedKey: workspace.listKeys().primarySharedKey
      }
    }
    workloadProfiles: trainerProfile == 'Consumption' ? [consumption] : [consumption, gpu]
  }
}

output id string = environment.id
