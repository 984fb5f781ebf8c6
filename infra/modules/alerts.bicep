metadata description = 'E-mail alerts for poison messages and failed runs.'

param name string
param location string
param tags object

param insightsName string

@description('E-mail address of the operators.')
param mail string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'imdb'
    emailReceivers: [{ name: 'operators', emailAddress: mail, useCommonAlertSchema: true }]
  }
}

var alerts = [
  {
    name: 'message-given-up'
    description: 'A message was moved to a poison queue; imdb status shows why.'
    query: 'customMetrics | where name == "imdb.messages.given_up" | where valueSum > 0'
  }
  {
    name: 'run-failed'
    description: 'A training run failed; imdb status shows why.'
    query: 'customMetrics | where name == "imdb.runs.ended" and customDimensions["imdb.run.state"] == "failed" | where valueSum > 0'
  }
]

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in alerts: {
  name: '${alert.name}-${name}'
  location: location
  tags: tags
  properties: {
    displayName: alert.name
    description: alert.description
    severity: 2
    enabled: true
    scopes: [insights.id]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]

output actionGroupId string = people.id
