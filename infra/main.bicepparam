// For azd, which stores these variables per environment: azd env set IMDB_OPERATOR_MAIL …
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'imdb')
param location = readEnvironmentVariable('AZURE_LOCATION', 'swedencentral')
param operatorMail = readEnvironmentVariable('IMDB_OPERATOR_MAIL', 'operators@example.com')
param trainerProfile = readEnvironmentVariable('IMDB_TRAINER_PROFILE', 'Consumption-GPU-NC8as-T4')
param baseModel = readEnvironmentVariable('IMDB_BASE_MODEL', 'minilm')
param retrainOnIngest = readEnvironmentVariable('IMDB_RETRAIN_ON_INGEST', 'false') == 'true'

// azd sets these after building the images, so that provisioning again does not restore the placeholders.
param functionsImage = readEnvironmentVariable('SERVICE_FUNCTIONS_IMAGE_NAME', 'mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated10.0')
param trainerImage = readEnvironmentVariable('SERVICE_TRAINER_IMAGE_NAME', 'mcr.microsoft.com/k8se/quickstart-jobs:latest')
