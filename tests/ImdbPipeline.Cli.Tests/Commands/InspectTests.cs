using System.Text.Json;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Cli.Evaluating;

namespace ImdbPipeline.Cli.Tests.Commands;

public sealed class InspectTests : IDisposable
{
    private static readonly SampleArchive Sample = new() { Train = 500, Test = 200, Unsup = 40 };

    private readonly TemporaryFolder folder = new();
    private readonly PlayedTerminal played = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_sample_archive_is_sound_and_its_flaws_are_reported()
    {
        Assert.Equal(ExitCode.Ok, await played.RunAsync("inspect", folder.Write("sample.tar.gz", Bytes()), "--json"));

        using var document = JsonDocument.Parse(played.Output);
        var report = document.RootElement;
        Assert.Equal(500 + Sample.Copies + Sample.Leaks + 1 + 200 + 40, report.GetProperty("read").GetInt32());
        Assert.Equal(1, report.GetProperty("empty").GetInt32());
        Assert.True(report.GetProperty("leaks").GetInt32() >= Sample.Leaks);
        Assert.True(report.GetProperty("ignored").GetInt32() >= 3);
        Assert.Equal("movie", report.GetProperty("validationBy").GetString());
        Assert.InRange(report.GetProperty("truncatedAt512").GetDouble(), 0.01, 0.15);
    }

    [Fact]
    public async Task A_truncated_archive_is_refused_with_one_line_and_exit_3()
    {
        var path = folder.Write("cut.tar.gz", Bytes()[..^9]);

        Assert.Equal(ExitCode.InputRefused, await played.RunAsync("inspect", path));

        Assert.StartsWith("error: archive cut.tar.gz", played.Error, StringComparison.Ordinal);
        Assert.Equal(1, played.Error.Count(c => c == '\n'));
        Assert.Empty(played.Output);
    }

    [Fact]
    public async Task An_archive_that_is_not_there_exits_4() =>
        Assert.Equal(ExitCode.NotFound, await played.RunAsync("inspect", folder.File("none.tar.gz")));

    [Fact]
    public void Reviews_of_a_split_are_read_as_they_are_copies_and_all()
    {
        var archive = ArchiveFile.Open(folder.Write("sample.tar.gz", Bytes()));

        var test = LabelledReviews.Open(archive, Split.Test, TestContext.Current.CancellationToken);

        Assert.Equal(200, test.Count);
        Assert.Equal(200, test.Read(TestContext.Current.CancellationToken).Count());
        Assert.Contains(test.Read(TestContext.Current.CancellationToken), review => review.Text.Contains("<br />", StringComparison.Ordinal));
        Assert.Equal(500 + Sample.Copies + Sample.Leaks + 1, LabelledReviews.Open(archive, Split.Train, TestContext.Current.CancellationToken).Count);
    }

    [Fact]
    public void A_split_the_archive_lacks_is_not_found()
    {
        var archive = ArchiveFile.Open(folder.Write("sample.tar.gz", Bytes()));

        var failure = Assert.Throws<CommandFailedException>(() => LabelledReviews.Open(archive, Split.Validation, TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.NotFound, failure.ExitCode);
        Assert.Contains("found train", failure.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes()
    {
        using var stream = new MemoryStream();
        Sample.Write(stream);
        return stream.ToArray();
    }
}
