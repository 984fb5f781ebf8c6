metadata description = 'One managed identity for each program, so that each gets only the roles it needs.'

param name string
param location string
param tags object

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-functions-${name}'
  location: location
  tags: tags
}

resource trainer 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-trainer-${name}'
  location: location
  tags: tags
}

resource events 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-events-${name}'
  location: location
  tags: tags
}

output functionsName string = functions.name
output trainerName string = trainer.name
output eventsName string = events.name
