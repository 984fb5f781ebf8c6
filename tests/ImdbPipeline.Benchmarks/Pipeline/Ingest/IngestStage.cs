using System.Diagnostics;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Benchmarks.Pipeline.Ingest;

/// <summary>Ingests the real archive in Azurite, compared with unpacking it with <c>tar</c>; in full mode also the tenfold archive.</summary>
internal sealed class IngestStage : IStageBenchmark
{
    private const int Rounds = 3;

    public string Name => "ingest";

    public async Task RunAsync(BenchmarkReport figures, bool full, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("imdb-benchmark-").FullName;
        var azurite = new AzuriteFixture();
        try
        {
            var (tar, ingest) = await CompareAsync(azurite, RealArchive.Path, full ? Rounds : 1, cancellationToken);
            Add(figures, "the real archive", tar, ingest, "at most 4", "at most 400 MB");

            if (!full)
                return;
            var tenfold = Path.Combine(folder, "aclImdb_tenfold.tar.gz");
            TenfoldArchive.Write(tenfold);
            (tar, ingest) = await CompareAsync(azurite, tenfold, 1, cancellationToken);
            Add(figures, "the tenfold archive", tar, ingest, "", "constant");
        }
        finally
        {
            await azurite.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double TarSeconds, Measured Ingest)> CompareAsync(AzuriteFixture azurite, string archive, int rounds, CancellationToken cancellationToken)
    {
        var (tar, ingest) = (double.MaxValue, (Measured?)null);
        for (var round = 0; round < rounds; round++)
        {
            tar = Math.Min(tar, await UnpackAsync(archive, cancellationToken));
            var account = azurite.NewAccount();
            var storage = new PipelineStorage(account);
            await storage.EnsureCreatedAsync(cancellationToken);
            await storage.Datasets.GetBlobClient(Path.GetFileName(archive)).UploadAsync(archive, cancellationToken);
            var measured = await MeasuredProcess.RunAsync(IngestParts.Ingest, [account.ConnectionString!, Path.GetFileName(archive)], cancellationToken);
            ingest = ingest is null || measured.Seconds < ingest.Seconds ? measured : ingest;
        }
        return (tar, ingest!);
    }

    private static async Task<double> UnpackAsync(string archive, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var shell = Process.Start("sh", ["-c", "tar xzf \"$1\" -O > /dev/null", "sh", archive]);
        await shell.WaitForExitAsync(cancellationToken);
        return shell.ExitCode == 0
            ? Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidOperationException($"tar xzf {archive}: expected exit code 0, found {shell.ExitCode}.");
    }

    private void Add(BenchmarkReport figures, string archive, double tarSeconds, Measured ingest, string timeTarget, string memoryTarget)
    {
        figures.Add(Name, archive, $"{ingest.Seconds:0.00} s ({ingest.CpuSeconds:0.0} CPU seconds), tar {tarSeconds:0.00} s");
        figures.Add(Name, $"{archive}, times tar", $"{ingest.Seconds / tarSeconds:0.0}", timeTarget);
        figures.Add(Name, $"{archive}, peak memory", $"{ingest.PeakMegabytes:0} MB", memoryTarget);
    }
}
