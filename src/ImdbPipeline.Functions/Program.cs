using ImdbPipeline.Core;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.Telemetry;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

const string ServiceName = "imdb-functions";

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
var telemetry = builder.Services.AddPipelineTelemetry(ServiceName, builder.Configuration);
telemetry?.UseFunctionsWorkerDefaults();
// The defaults name the service after the assembly.
telemetry?.NameService(ServiceName);
builder.Services.AddImdbPipeline(StorageOptions.From(builder.Configuration));
builder.Services.AddLearning();
builder.Services.AddHostedService<StorageSetup>();
await builder.Build().RunAsync();
