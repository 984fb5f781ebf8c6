using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Cli.Tests.Commands;

/// <summary>Inputs that <c>imdb train</c> rejects before it trains.</summary>
public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTerminal terminal = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_missing_auxiliary_archive_exits_with_code_4()
    {
        var none = folder["none.csv"];

        Assert.Equal(ExitCode.NotFound, await TrainAsync("--auxiliary", none));

        Assert.Equal($"error: {none}: expected an archive or a folder, found nothing. Check the path.\n", terminal.Error);
    }

    [Fact]
    public async Task A_damaged_auxiliary_archive_is_rejected()
    {
        Assert.Equal(ExitCode.InputRejected, await TrainAsync("--auxiliary", folder.Write("cut.tar.gz", Sample()[..^9])));

        Assert.StartsWith("error: archive cut.tar.gz", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_archive_is_rejected_even_under_another_file_name()
    {
        Assert.Equal(ExitCode.InputRejected, await TrainAsync("--auxiliary", folder.Write("copy.tar.gz", Sample())));

        Assert.Equal("error: archive copy.tar.gz: expected texts that differ from the other archives, found the same texts. Name each archive only once.\n", terminal.Error);
    }

    [Fact]
    public async Task More_than_eight_auxiliary_archives_exit_with_code_2()
    {
        var others = Enumerable.Range(1, 9).SelectMany(i => (string[])["--auxiliary", folder.Write($"a{i}.csv", $"text,label\n{i},a\n")]);

        Assert.Equal(ExitCode.WrongUsage, await TrainAsync([.. others]));

        Assert.Equal("error: --auxiliary: expected at most 8 archives, found 9. Remove some.\n", terminal.Error);
    }

    private async Task<ExitCode> TrainAsync(params string[] args)
    {
        var exit = await terminal.RunAsync(["train", folder.Write("sample.tar.gz", Sample()), "--output", folder["model"], .. args]);
        Assert.False(Directory.Exists(folder["model"]));
        return exit;
    }

    private static byte[] Sample()
    {
        using var stream = new MemoryStream();
        new SampleArchive { Train = 200, Test = 50, Unsup = 10 }.Write(stream);
        return stream.ToArray();
    }
}
