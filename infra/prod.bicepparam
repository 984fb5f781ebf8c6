// Trains on a T4, keeps deleted data restorable for 30 days, survives the loss of an availability zone.
using 'main.bicep'

param environmentName = 'imdb-prod'
param location = 'swedencentral'
param operatorMail = 'operators@example.com'
param trainerProfile = 'Consumption-GPU-NC8as-T4'
param baseModel = 'minilm'
param maxTrainings = 4
param maxReplicas = 20
param storageSku = 'Standard_ZRS'
param registrySku = 'Standard'
param restoreDays = 30
param logDays = 90
param budgetAmount = 500
