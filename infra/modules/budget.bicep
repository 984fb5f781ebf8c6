metadata description = 'A monthly budget for the resource group: mails at 80 and 100 per cent.'

param name string

@description('In the currency of the subscription.')
@minValue(1)
param amount int

@description('The first of a month.')
param startDate string

param mail string

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: 'budget-${name}'
  properties: {
    amount: amount
    category: 'Cost'
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      soon: { enabled: true, operator: 'GreaterThan', threshold: 80, thresholdType: 'Forecasted', contactEmails: [mail] }
      spent: { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Actual', contactEmails: [mail] }
    }
  }
}
