// Small and cheap: trains on CPUs, short retention.
using 'main.bicep'

param environmentName = 'imdb-dev'
param location = 'swedencentral'
param operatorMail = 'operators@example.com'
param trainerProfile = 'Consumption'
param baseModel = 'scratch-mini'
param maxTrainings = 1
param maxReplicas = 3
param restoreDays = 7
param budgetAmount = 30
