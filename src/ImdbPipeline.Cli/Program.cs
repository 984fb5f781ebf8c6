using ImdbPipeline.Cli.Samples;
using var f = File.Create(args[0]);
new SampleArchive().Write(f);
