metadata description = 'Deploys the whole pipeline into its own resource group.'

targetScope = 'subscription'

@description('Name of the deployment; part of every resource name.')
@minLength(1)
@maxLength(20)
param environmentName string

@description('Azure region; must offer the GPU profile if one is used.')
param location string

@description('E-mail address for alerts about poison messages, failed runs and costs.')
param operatorMail string

@description('Container image of the Functions app.')
param functionsImage string = 'mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated10.0'

@description('Container image of the trainer.')
param trainerImage string = 'mcr.microsoft.com/k8se/quickstart-jobs:latest'

@description('Workload profile of the trainer: Consumption (4 vCPU, no GPU), one T4 or one A100.')
@allowed(['Consumption', 'Consumption-GPU-NC8as-T4', 'Consumption-GPU-NC24-A100'])
param trainerProfile string = 'Consumption-GPU-NC8as-T4'

@description('Maximum number of concurrent training runs; limits the cost of a job that starts again and again.')
@minValue(1)
@maxValue(20)
param maxTrainings int = 2

@description('Seconds after which an execution is stopped; the next one resumes from its checkpoint.')
@minValue(600)
@maxValue(86400)
param trainingTimeoutSeconds int = 14400

@description('Base model for retrain messages that name none.')
param baseModel string = 'minilm'

@description('Scoring precision. auto measures which is fastest on the host. bf16 and int8 are used only with champions that lose at most 0.2 points of validation accuracy.')
@allowed(['fp32', 'bf16', 'int8', 'auto'])
param scoringPrecision string = 'fp32'

@description('Whether each new dataset version starts a training run.')
param retrainOnIngest bool = false

@description('Schedule of the search for missed uploads: a six-field cron expression (seconds first) in UTC. Each run wakes the app.')
param reconcileSchedule string = '0 0 */6 * * *'

@description('Minimum replicas of the Functions app; 0 costs nothing while idle.')
@minValue(0)
param minReplicas int = 0

@minValue(1)
param maxReplicas int = 10

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS'])
param storageSku string = 'Standard_LRS'

@allowed(['Basic', 'Standard', 'Premium'])
param registrySku string = 'Basic'

@description('Days during which deleted models and uploads can be restored.')
@minValue(1)
@maxValue(365)
param restoreDays int = 14

@description('Log retention in days.')
@minValue(30)
@maxValue(730)
param logDays int = 30

@description('Monthly budget, in the currency of the subscription.')
@minValue(1)
param budgetAmount int = 100

@description('Start date of the budget; must be the first of a month.')
param budgetStart string = utcNow('yyyy-MM-01')

var token = uniqueString(subscription().id, environmentName, location)
var name = '${environmentName}-${token}'
var tags = { 'azd-env-name': environmentName }

// Must match StorageLayout in ImdbPipeline.Core.
var containers = ['datasets', 'prepared', 'runs', 'models', 'incoming', 'scores']
var queues = [
  'retrain'
  'training-jobs'
  'scoring-shards'
  'blob-events'
  'retrain-poison'
  'training-jobs-poison'
  'scoring-shards-poison'
  'blob-events-poison'
  'webjobs-blobtrigger-poison'
]
var eventsQueue = 'blob-events'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: { name: name, location: location, tags: tags, retentionDays: logDays, dailyCapGigabytes: 1 }
}

module identities 'modules/identities.bicep' = {
  scope: group
  params: { name: name, location: location, tags: tags }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    containers: containers
    queues: queues
    sku: storageSku
    restoreDays: restoreDays
    checkpointDays: 14
  }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: { name: 'cr${token}', location: location, tags: tags, sku: registrySku }
}

module roles 'modules/roles.bicep' = {
  scope: group
  params: {
    storageName: storage.outputs.name
    registryName: registry.outputs.name
    insightsName: monitoring.outputs.insightsName
    functionsIdentityName: identities.outputs.functionsName
    trainerIdentityName: identities.outputs.trainerName
    eventsIdentityName: identities.outputs.eventsName
    trainerContainers: ['runs', 'models']
    trainerReadContainers: ['prepared']
    trainerQueues: ['training-jobs', 'training-jobs-poison']
    eventsQueue: eventsQueue
  }
}

module events 'modules/events.bicep' = {
  scope: group
  dependsOn: [roles]
  params: {
    name: name
    location: location
    tags: tags
    storageName: storage.outputs.name
    queue: eventsQueue
    identityName: identities.outputs.eventsName
    containers: ['datasets', 'incoming']
  }
}

module environment 'modules/environment.bicep' = {
  scope: group
  params: {
    name: name
    location: location
    tags: tags
    workspaceName: monitoring.outputs.workspaceName
    trainerProfile: trainerProfile
  }
}

var settings = [
  { name: 'AzureWebJobsStorage__blobServiceUri', value: storage.outputs.blobEndpoint }
  { name: 'AzureWebJobsStorage__queueServiceUri', value: storage.outputs.queueEndpoint }
  { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
  { name: 'BaseModel', value: baseModel }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: monitoring.outputs.insightsConnectionString }
]

module functions 'modules/functions.bicep' = {
  scope: group
  dependsOn: [roles]
  params: {
    name: name
    location: location
    tags: tags
    environmentId: environment.outputs.id
    registryServer: registry.outputs.loginServer
    image: functionsImage
    identityName: identities.outputs.functionsName
    minReplicas: minReplicas
    maxReplicas: maxReplicas
    settings: concat(settings, [
      { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'dotnet-isolated' }
      // Event Grid reports uploads; blob triggers would poll and keep the app awake. Underscores, because container variables cannot contain dots.
      { name: 'AzureWebJobs_IngestDataset_Disabled', value: 'true' }
      { name: 'AzureWebJobs_ScoreIncoming_Disabled', value: 'true' }
      { name: 'ReconcileSchedule', value: reconcileSchedule }
      { name: 'RetrainOnIngest', value: string(retrainOnIngest) }
      { name: 'ScoringPrecision', value: scoringPrecision }
    ])
  }
}

module trainer 'modules/trainer.bicep' = {
  scope: group
  dependsOn: [roles]
  params: {
    name: name
    location: location
    tags: tags
    environmentId: environment.outputs.id
    registryServer: registry.outputs.loginServer
    image: trainerImage
    identityName: identities.outputs.trainerName
    storageName: storage.outputs.name
    queue: 'training-jobs'
    settings: settings
    profile: trainerProfile
    timeoutSeconds: trainingTimeoutSeconds
    maxExecutions: maxTrainings
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: { name: name, location: location, tags: tags, insightsName: monitoring.outputs.insightsName, mail: operatorMail }
}

module budget 'modules/budget.bicep' = {
  scope: group
  params: { name: name, amount: budgetAmount, startDate: budgetStart, mail: operatorMail }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.loginServer
output FUNCTIONS_NAME string = functions.outputs.name
output FUNCTIONS_URI string = functions.outputs.uri
output TRAINER_NAME string = trainer.outputs.name
output STORAGE_BLOB_ENDPOINT string = storage.outputs.blobEndpoint
output STORAGE_QUEUE_ENDPOINT string = storage.outputs.queueEndpoint
