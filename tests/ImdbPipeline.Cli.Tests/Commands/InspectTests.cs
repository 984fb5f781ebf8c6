using System.Text.Json;
using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Cli.Tests.Commands;

public sealed class InspectTests : IDisposable
{
    private static readonly SampleArchive Sample = new() { Train = 500, Test = 200, Unsup = 40 };

    private static readonly string Tickets =
        "text,label\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"invoice {i} is wrong,billing\nbutton {i} does nothing,bug\n"));

    private readonly TemporaryFolder folder = new();
    private readonly FakeTerminal terminal = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_report_of_the_sample_archive_lists_its_flaws()
    {
        Assert.Equal(ExitCode.Ok, await terminal.RunAsync("inspect", folder.Write("sample.tar.gz", Bytes()), "--json"));

        using var document = JsonDocument.Parse(terminal.Output);
        var report = document.RootElement;
        Assert.Equal(500 + Sample.Copies + Sample.Leaks + 1 + 200 + 40, report.GetProperty("read").GetInt32());
        Assert.Equal(1, report.GetProperty("empty").GetInt32());
        Assert.True(report.GetProperty("leaks").GetInt32() >= Sample.Leaks);
        Assert.True(report.GetProperty("ignored").GetInt32() >= 3);
        Assert.Equal("movie", report.GetProperty("validationBy").GetString());
        Assert.InRange(report.GetProperty("truncatedAt512").GetDouble(), 0.01, 0.15);
    }

    [Fact]
    public async Task A_truncated_archive_exits_with_code_3_and_a_one_line_error()
    {
        var path = folder.Write("cut.tar.gz", Bytes()[..^9]);

        Assert.Equal(ExitCode.InputRejected, await terminal.RunAsync("inspect", path));

        Assert.StartsWith("error: archive cut.tar.gz", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(1, terminal.Error.Count(c => c == '\n'));
        Assert.Empty(terminal.Output);
    }

    [Fact]
    public async Task Options_override_the_settings_beside_the_archive()
    {
        var path = folder.Write("tickets.csv", Tickets);
        folder.Write("tickets.csv.settings.json", """{"validationShare": 0.25}""");
        Assert.Equal(ExitCode.Ok, await terminal.RunAsync("inspect", path));
        Assert.Contains($"Using the settings in {path}.settings.json.", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("all\t30\t10\t", terminal.Output, StringComparison.Ordinal);

        var overridden = new FakeTerminal();
        Assert.Equal(ExitCode.Ok, await overridden.RunAsync("inspect", path, "--validation-share", "0.5", "--json"));
        using var report = JsonDocument.Parse(overridden.Output);
        Assert.Equal(10, report.RootElement.GetProperty("kept").GetProperty("validation").GetProperty("bug").GetInt32());
    }

    [Theory]
    [InlineData("--keep-markup", 7)]
    [InlineData("--keep-markup=false", 5)]
    public async Task Markup_can_be_kept_or_stripped_whatever_the_settings_file_says(string option, int tokens)
    {
        var path = folder.Write("tickets.csv", "text,label\n<b>a</b> b c,x\n<b>d</b> e f,y\n");
        folder.Write("tickets.csv.settings.json", $$"""{"stripMarkup": {{(tokens == 5 ? "false" : "true")}}}""");
        Assert.Equal(ExitCode.Ok, await terminal.RunAsync("inspect", path, option, "--json"));
        using var report = JsonDocument.Parse(terminal.Output);
        Assert.Equal(tokens == 5, report.RootElement.GetProperty("lengths").GetProperty("max").GetInt32() == 5);
    }

    [Fact]
    public async Task A_settings_file_that_cannot_be_read_exits_with_code_2()
    {
        var path = folder.Write("tickets.csv", Tickets);
        File.CreateSymbolicLink($"{path}.settings.json", $"{path}.settings.json");
        Assert.Equal(ExitCode.WrongUsage, await terminal.RunAsync("inspect", path));
        Assert.Contains("expected a readable settings file", terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.WrongUsage, "setting validationShare: expected a value from 0 to 0.9, found 2.", "{}", "--validation-share", "2")]
    [InlineData(ExitCode.InputRejected, "expected only the settings", """{"split": 0.1}""")]
    public async Task Invalid_settings_end_the_command_with_an_error(ExitCode code, string message, string settings, params string[] options)
    {
        var path = folder.Write("tickets.csv", Tickets);
        folder.Write("tickets.csv.settings.json", settings);
        Assert.Equal(code, await terminal.RunAsync(["inspect", path, .. options]));
        Assert.Contains(message, terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_archive_exits_with_code_4() =>
        Assert.Equal(ExitCode.NotFound, await terminal.RunAsync("inspect", folder["none.tar.gz"]));

    [Fact]
    public void The_texts_of_a_split_are_read_uncleaned_and_with_duplicates()
    {
        var archive = ArchiveFile.Open(folder.Write("sample.tar.gz", Bytes()));

        var test = Open(archive, Split.Test);

        Assert.Equal(200, test.Count);
        Assert.Equal(200, test.Read(TestContext.Current.CancellationToken).Count());
        Assert.Contains(test.Read(TestContext.Current.CancellationToken), text => text.Text.Contains("<br />", StringComparison.Ordinal));
        Assert.Equal(500 + Sample.Copies + Sample.Leaks + 1, Open(archive, Split.Train).Count);
    }

    [Fact]
    public void The_texts_of_a_split_are_read_with_the_limits_that_are_set()
    {
        var strict = new FakeTerminal(settings: [("MaxLabelLength", "2")]);
        var archive = ArchiveFile.Open(folder.Write("sample.tar.gz", Bytes()));

        var rejection = Assert.Throws<InputRejectedException>(() => Open(strict, archive, Split.Test));

        Assert.Contains("labels of at most 2 characters", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_that_the_archive_lacks_is_reported_as_not_found()
    {
        var archive = ArchiveFile.Open(folder.Write("sample.tar.gz", Bytes()));

        var failure = Assert.Throws<CommandFailedException>(() => Open(archive, Split.Validation));

        Assert.Equal(ExitCode.NotFound, failure.ExitCode);
        Assert.Contains("found train", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_requested_split_that_the_archive_has_is_read()
    {
        var archive = ArchiveFile.Open(folder.Write("sample.tar.gz", Bytes()));

        Assert.Equal(Split.Train, Open(archive, Split.Validation, Split.Train).Split);
    }

    private LabelledTexts Open(ArchiveFile archive, params Split[] splits) => Open(terminal, archive, splits);

    private static LabelledTexts Open(FakeTerminal terminal, ArchiveFile archive, params Split[] splits) =>
        LabelledTexts.Open(new Session(terminal.Terminal, json: false, verbose: false, storage: null), archive, SourceOptions.Default, splits, TestContext.Current.CancellationToken);

    private static byte[] Bytes()
    {
        using var stream = new MemoryStream();
        Sample.Write(stream);
        return stream.ToArray();
    }
}
