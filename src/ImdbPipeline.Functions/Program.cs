using ImdbPipeline.Core;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.Learning.Scoring;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSingleton(IngestOptions.From(name => builder.Configuration[name]));
builder.Services.AddImdbPipeline(StorageOptions.From(name => builder.Configuration[name]));
builder.Services.AddSingleton(ScoringOptions.From(name => builder.Configuration[name]));
builder.Services.AddLearning();
builder.Services.AddHostedService<StorageSetup>();
await builder.Build().RunAsync();
