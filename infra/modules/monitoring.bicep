metadata description = 'Log Analytics workspace and Application Insights for traces, metrics and logs.'

param name string
param location string
param tags object

@description('Log retention in days.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Daily ingestion cap in gigabytes; limits the cost of logs.')
@minValue(1)
param dailyCapGigabytes int

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${name}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyCapGigabytes }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

output workspaceName string = workspace.name
output workspaceId string = workspace.id
output insightsName string = insights.name

@description('Identifies the component; it accepts telemetry only from Microsoft Entra identities.')
output insightsConnectionString string = insights.properties.ConnectionString
