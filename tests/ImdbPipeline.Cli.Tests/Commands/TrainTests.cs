using ImdbPipeline.Cli.Samples;

namespace ImdbPipeline.Cli.Tests.Commands;

/// <summary>What <c>imdb train</c> refuses before it trains.</summary>
public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly PlayedTerminal played = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_auxiliary_archive_that_is_not_there_exits_4()
    {
        var none = folder.File("none.csv");

        Assert.Equal(ExitCode.NotFound, await TrainAsync("--auxiliary", none));

        Assert.Equal($"error: {none}: expected an archive or a folder, found nothing there. Look at the path.\n", played.Error);
    }

    [Fact]
    public async Task An_auxiliary_archive_that_is_damaged_is_refused()
    {
        Assert.Equal(ExitCode.InputRefused, await TrainAsync("--auxiliary", folder.Write("cut.tar.gz", Sample()[..^9])));

        Assert.StartsWith("error: archive cut.tar.gz", played.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_named_twice_is_refused_whatever_its_file_is_called()
    {
        Assert.Equal(ExitCode.InputRefused, await TrainAsync("--auxiliary", folder.Write("copy.tar.gz", Sample())));

        Assert.Equal("error: archive copy.tar.gz: expected other reviews than the archives before it have, found the same. Name every archive once.\n", played.Error);
    }

    [Fact]
    public async Task A_ninth_auxiliary_archive_is_wrong_usage()
    {
        var others = Enumerable.Range(1, 9).SelectMany(i => (string[])["--auxiliary", folder.Write($"a{i}.csv", $"text,label\n{i},a\n")]);

        Assert.Equal(ExitCode.WrongUsage, await TrainAsync([.. others]));

        Assert.Equal("error: --auxiliary: expected at most 8 archives, found 9. Leave some out.\n", played.Error);
    }

    private async Task<ExitCode> TrainAsync(params string[] args)
    {
        var exit = await played.RunAsync(["train", folder.Write("sample.tar.gz", Sample()), "--output", folder.File("model"), .. args]);
        Assert.False(Directory.Exists(folder.File("model")));
        return exit;
    }

    private static byte[] Sample()
    {
        using var stream = new MemoryStream();
        new SampleArchive { Train = 200, Test = 50, Unsup = 10 }.Write(stream);
        return stream.ToArray();
    }
}
