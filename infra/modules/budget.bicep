metadata description = 'Monthly budget of the resource group, with e-mails at 80 % (forecast) and 100 % (actual).'

param name string

@description('Amount per month, in the currency of the subscription.')
@minValue(1)
param amount int

@description('Must be the first of a month.')
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
