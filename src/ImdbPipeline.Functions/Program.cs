using ImdbPipeline.Core;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.Telemetry;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddPipelineTelemetry("imdb-functions", builder.Configuration)?.UseFunctionsWorkerDefaults();
builder.Services.AddImdbPipeline(StorageOptions.From(builder.Configuration));
builder.Services.AddLearning();
builder.Services.AddHostedService<StorageSetup>();
await builder.Build().RunAsync();
